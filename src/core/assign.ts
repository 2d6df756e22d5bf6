/** An officer on whom a case may be laid. `rank`: their place among the roles that do it (core/path.ts), 0 first. */
export interface Candidate {
  id: string;
  rank: number;
}

/** What an officer has on the table: open cases laid on them, and when the last one was. */
export interface Load {
  open: number;
  lastAt: Date | null;
}

/**
 * On whom a case is laid: of those whose role is asked first the one with the fewest open cases, of these the one who was
 * given nothing for longest; by id where nothing tells them apart, so that it is the same on every try. Null: nobody.
 */
export function pickAssignee(
  candidates: readonly Candidate[],
  loads: ReadonlyMap<string, Load>,
): string | null {
  const loadOf = (id: string): Load => loads.get(id) ?? { open: 0, lastAt: null };
  const sorted = candidates.toSorted((a, b) => {
    const [mine, theirs] = [loadOf(a.id), loadOf(b.id)];
    return (
      a.rank - b.rank ||
      mine.open - theirs.open ||
      (mine.lastAt?.getTime() ?? 0) - (theirs.lastAt?.getTime() ?? 0) ||
      (a.id < b.id ? -1 : 1)
    );
  });
  return sorted[0]?.id ?? null;
}

/** The same for several cases in a row: what was laid down a moment ago counts already. */
export function pickAssignees(
  cases: readonly (readonly Candidate[])[],
  loads: ReadonlyMap<string, Load>,
  now: Date,
): (string | null)[] {
  const growing = new Map(loads);
  return cases.map((candidates) => {
    const id = pickAssignee(candidates, growing);
    if (id !== null) growing.set(id, { open: (growing.get(id)?.open ?? 0) + 1, lastAt: now });
    return id;
  });
}
