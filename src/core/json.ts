/** A value that survives JSON.stringify unchanged. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** An object of JSON values: what rows, sessions and job payloads are made of. */
export type JsonObject = { [key: string]: Json };
