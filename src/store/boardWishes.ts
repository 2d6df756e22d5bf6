/**
 * Villages in which something changed that officers' boards show (store/boards.ts), as a part of the statement that changes
 * it: `villages` is a query of one column. Rows are only ever added, so that no act waits for another's.
 */
export const wishBoards = (villages: string): string =>
  `wish AS (INSERT INTO board_wishes (village_id) SELECT DISTINCT t.id FROM (${villages}) AS t (id))`;
