import type { Asker } from '../../core/asker.js';
import { firstName } from '../../core/firstName.js';
import { handlingOf } from '../../core/handlers.js';
import type { WaitingStep } from '../../core/lookup.js';
import { mayStep, pathOf } from '../../core/path.js';
import type { StepAct } from '../../core/path.js';
import { IS_ISSUED, notSealedFrom, postsOf, shownName } from '../cases.js';
import { loadActingOfficers } from '../delegations.js';
import { handledBy } from '../handledServices.js';
import { officersWithPin } from '../officerPins.js';
import type { Sql } from '../sql.js';
import type { LookUpAnswerer } from './answerer.js';

/** So many are listed, and so many are acted on by one tap. */
const LISTED = 7;
const MOST = 100;

/**
 * What waits for one step of the officer who asks, or of somebody in whose place they stand, in the villages of their roles;
 * the oldest request first. `paper` are letters that were issued and printed and wait for signatures on paper, `ready` what
 * is to be fetched: these are whoever's who may handle the request.
 */
export const officerWaiting: LookUpAnswerer<'officer_waiting'> = async (sql, requests, { services, now }) => {
  const handled = await handledBy(
    sql,
    requests.map(({ asker }) => asker),
    services,
    now,
  );
  const officers = await loadActingOfficers(
    sql,
    handled.flatMap((list) => list.map(({ villageId }) => villageId)),
    now,
  );
  const limits = requests.flatMap(({ asker, args }, ord) =>
    handled[ord]!.filter(({ villageId, service, isConfidential }) => {
      const step = STEP_OF[args.step];
      if (step === null) return true;
      const found = pathOf(services[service]).find(({ act }) => act === step);
      const serving = officers.get(villageId) ?? [];
      const { id, roles } = asker.officer!;
      // What is sealed is theirs who received it, by whichever of their roles: the statement below asks to whom it was.
      const sealedTo = services[service]?.sealed
        ? roles.map(({ role }) => ({ role, officers: [id] }))
        : [null];
      return (
        found &&
        sealedTo.some((to) => {
          const handling = handlingOf(services[service], isConfidential, to);
          return mayStep(found, asker.officer!, serving, villageId, handling) !== null;
        })
      );
    }).map((one) => ({ ord, ...one })),
  );
  const rows = await readWaiting(
    sql,
    limits,
    requests.map(({ asker, args }) => ({ asker, step: args.step })),
  );
  const pins = await officersWithPin(
    sql,
    requests.flatMap(({ asker }) => asker.officer?.id ?? []),
  );
  return requests.map(({ asker }, ord) => {
    const found = rows.filter((row) => row.ord === ord);
    const total = found[0]?.total ?? 0;
    const mine = found.filter(({ isListed }) => isListed);
    const items = mine.slice(0, LISTED).map(({ code, service, name, isSealed, dueAt }) => ({
      code,
      service,
      resident: isSealed ? null : firstName(name),
      due: dueAt?.toISOString() ?? null,
    }));
    return {
      count: total,
      more: Math.max(0, total - items.length),
      items,
      codes: mine.map(({ code }) => code),
      first: mine[0]?.code ?? null,
      way: found[0]?.way ?? null,
      unprinted: found[0]?.unprinted ?? 0,
      has_pin: pins.has(asker.officer?.id ?? ''),
    };
  });
};

/** Which step of the path it is; null: none of the path. */
const STEP_OF: { [S in WaitingStep]: StepAct | null } = {
  verify: 'verify',
  initial: 'initial',
  sign: 'sign',
  paper: null,
  ready: null,
};

interface Row {
  ord: number;
  code: string;
  service: string;
  name: string | null;
  isSealed: boolean;
  dueAt: Date | null;
  isListed: boolean;
  way: 'wet' | 'electronic';
  total: number;
  unprinted: number;
}

interface Limit {
  ord: number;
  villageId: string;
  service: string;
  isConfidential: boolean;
}

/** Of letters on paper the total is of those that are printed; `unprinted` counts the others. What is asked of the resident waits for them. */
async function readWaiting(
  sql: Sql,
  limits: Limit[],
  askers: { asker: Asker; step: WaitingStep }[],
): Promise<Row[]> {
  if (limits.length === 0) return [];
  const { rows } = await sql.query<Row>(
    `SELECT * FROM (
       SELECT q.*, count(*) FILTER (WHERE q."isListed") OVER (PARTITION BY ord)::int AS total,
         count(*) FILTER (WHERE NOT q."isListed") OVER (PARTITION BY ord)::int AS unprinted,
         row_number() OVER (PARTITION BY ord ORDER BY q."isListed" DESC, q."openedAt", q.id) AS nth
       FROM (
         SELECT h.ord, c.id, c.code, c.service, ${shownName('c', 'r')} AS name, c.opened_at AS "openedAt",
           c.receiver_role IS NOT NULL AS "isSealed", c.due_at AS "dueAt", v.letter_way AS way,
           (p.step <> 'paper' OR ${IS_ISSUED}) AS "isListed"
         FROM unnest($1::int[], $2::text[], $3::text[], $4::boolean[]) AS h (ord, village_id, service, is_confidential)
         JOIN jsonb_to_recordset($5::jsonb) AS p (ord int, officer uuid, posts text[], step text) ON p.ord = h.ord
         JOIN cases c ON c.village_id = h.village_id AND c.service = h.service
           AND c.is_confidential = h.is_confidential AND ${notSealedFrom('c', 'p.officer', 'p.posts')}
         JOIN residents r ON r.id = c.resident_id JOIN villages v ON v.id = c.village_id
         WHERE CASE p.step
           WHEN 'verify' THEN c.status IN ('open', 'in_hand') AND c.step = 'verify'
             AND (c.officer_id IS NULL OR c.officer_id = p.officer)
           WHEN 'paper' THEN c.status = 'signing' AND c.step = 'sign' AND v.letter_way = 'wet'
           WHEN 'ready' THEN c.status = 'ready'
           ELSE c.status = 'signing' AND c.step = p.step END
       ) q
     ) q WHERE nth <= ${MOST} AND ("isListed" OR nth = 1) ORDER BY ord, nth`,
    [
      limits.map((l) => l.ord),
      limits.map((l) => l.villageId),
      limits.map((l) => l.service),
      limits.map((l) => l.isConfidential),
      JSON.stringify(
        askers.map(({ asker, step }, ord) => ({
          ord,
          officer: asker.officer?.id ?? null,
          posts: postsOf(asker.officer?.roles ?? []),
          step,
        })),
      ),
    ],
  );
  return rows;
}
