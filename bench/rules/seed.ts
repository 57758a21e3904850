/** Of the rules that are compared and planted; another one gives other rules of the same shapes. */
export const ruleSeed = 20_240_229;
