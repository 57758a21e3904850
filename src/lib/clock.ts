/** The time in milliseconds since 1970; passed in, so that tests choose it. */
export type Clock = () => number;
