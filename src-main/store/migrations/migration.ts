/** One step of the schema. Versions go up in tens, so that a correction can stand between two. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
