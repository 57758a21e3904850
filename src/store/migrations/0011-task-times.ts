/** When the images of tasks were scanned and what came of it, where a task came from, and lists of both. */
export const taskTimes = [
  'ALTER TABLE task ADD COLUMN started_at INTEGER',
  "ALTER TABLE task ADD COLUMN label TEXT NOT NULL DEFAULT ''",
  'ALTER TABLE task_image ADD COLUMN started_at INTEGER',
  'ALTER TABLE task_image ADD COLUMN finished_at INTEGER',
  'ALTER TABLE task_image ADD COLUMN progress INTEGER NOT NULL DEFAULT 0',
  "ALTER TABLE task_image ADD COLUMN error TEXT NOT NULL DEFAULT ''",
  'CREATE INDEX task_image_listed ON task_image (account_id, task_id DESC, position)',
  'CREATE INDEX task_image_of ON task_image (account_id, image_id, task_id)',
  "UPDATE task SET started_at = created_at WHERE state <> 'queued'",
  `UPDATE task_image SET
     started_at = (SELECT t.created_at FROM task t WHERE t.id = task_image.task_id),
     finished_at = (SELECT t.finished_at FROM task t WHERE t.id = task_image.task_id),
     progress = CASE state WHEN 'done' THEN 100 ELSE 0 END
   WHERE state NOT IN ('queued', 'running')`,
] as const;
