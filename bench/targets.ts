/** Bytes that all processes of a scan may hold together, with about a thousand rules. */
export const scanMemory = 600_000_000;
