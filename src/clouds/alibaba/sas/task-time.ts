/** A time in milliseconds since 1970, one end of the time in which a task was begun. */
export const taskTime = { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER } as const;
