/** The type of a file, 0 to 4. Every file is judged alike, whatever type it is given out for. */
export const detectTypeParameter = { kind: 'integer', min: 0, max: 6, required: true } as const;

/** MD5 or SHA-256, in lower-case hex. */
export const hashKeyParameter = { kind: 'text', max: 64 } as const;
