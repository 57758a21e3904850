/** Images of tasks by what became of them. */
export const taskStates = ['CREATE INDEX task_image_state ON task_image (account_id, state, task_id DESC, position)'] as const;
