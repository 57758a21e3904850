import { Cron } from 'croner';

const form = /^[0-9*/,\-A-Za-z#]+(?: +[0-9*/,\-A-Za-z#]+){4}$/;

/** Whether a text is a cron expression of five fields: minute, hour, day of month, month, day of week; one that is due some day. */
export function isCron(text: string): boolean {
  try {
    return text.length <= 200 && form.test(text) && nextDue(text, 0) !== undefined;
  } catch {
    return false;
  }
}

/** The first time after `after` that an expression names, in UTC; undefined when there is none. @throws Error when it is no cron expression. */
export function nextDue(text: string, after: number): number | undefined {
  const cron = new Cron(text, { timezone: 'UTC', mode: '5-part', paused: true });
  return cron.nextRun(new Date(after))?.getTime();
}
