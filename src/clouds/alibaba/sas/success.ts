/** What stands in answers of the calls that report their own success. */
export const success = { Code: '200', Message: 'successful', Success: true } as const;
