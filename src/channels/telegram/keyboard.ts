import type { Choice } from '../../core/outgoing.js';

/** The most buttons in a row, and how long a label may be to stand so: Telegram divides a row evenly. */
const ROWS = [
  { buttons: 3, label: 9 },
  { buttons: 2, label: 17 },
];

/**
 * Lays choices out in rows, in their order: short ones side by side, long ones alone, so that no label is cut on a
 * phone of 360 px.
 */
export function layOut<C extends Choice>(choices: C[]): C[][] {
  const rows: C[][] = [];
  let rest = choices;
  while (rest.length > 0) {
    const size = rowSize(rest);
    rows.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return rows;
}

function rowSize(rest: Choice[]): number {
  for (const { buttons, label } of ROWS) {
    const long = rest.findIndex((choice) => [...choice.label].length > label);
    const fit = long === -1 ? rest.length : long;
    // Four in a run stand better as two and two than as three and one.
    if (fit >= buttons) return buttons === 3 && fit === 4 ? 2 : buttons;
  }
  return 1;
}
