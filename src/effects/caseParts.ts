import { firstName } from '../core/firstName.js';
import { insertBeneficiaries } from '../store/beneficiaries.js';
import type { CaseOfDraft } from '../store/cases.js';
import { insertInternal } from '../store/inbound.js';
import { claimDraftParts } from '../store/introductions.js';
import { insertNotifications } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import type { ApplyContext, EffectRequest } from './applier.js';
import { writeSideFacts } from './caseFacts.js';

interface Opening {
  request: EffectRequest<'open_case'>;
  opened: CaseOfDraft;
}

/**
 * What was settled on the way to a request becomes the case's: who it is in the register, the pengantar, and for whom it
 * is. The RT head is asked, and whoever is helped, where they have a chat.
 */
export async function settleParts(sql: Sql, opening: Opening[], context: ApplyContext): Promise<void> {
  await introduce(sql, opening, context);
  await askHelped(
    sql,
    opening.filter(({ request }) => request.effect.beneficiary),
    context,
  );
}

async function introduce(sql: Sql, opening: Opening[], context: ApplyContext): Promise<void> {
  const { newId, now } = context;
  const claimed = await claimDraftParts(
    sql,
    opening.flatMap(({ request, opened: { id: caseId, conversationId } }) =>
      conversationId === null ? [] : [{ draftId: request.effect.draft, caseId, conversationId }],
    ),
  );
  const asked = claimed.flatMap((row) => {
    const one = opening.find(({ request }) => request.effect.draft === row.draftId);
    return one && row.officerId && row.answer === null ? [{ row, officerId: row.officerId, ...one }] : [];
  });
  await insertNotifications(
    sql,
    asked.map(({ row, officerId, request, opened }) => ({
      officerId,
      kind: 'rt-introduction',
      subjectId: row.id,
      number: 1,
      vars: {
        introduction: row.id,
        code: opened.code,
        service: opened.service,
        // The head must know whom: the name that they gave, or of the one they help.
        resident: request.effect.beneficiary?.name ?? opened.residentName,
        rt: row.rt,
        rw: row.rw,
        village: opened.villageName,
      },
    })),
    newId,
    now,
  );
  context.nudges.notify ||= asked.length > 0;
  await writeSideFacts(
    sql,
    claimed.flatMap((row) => {
      const one = opening.find(({ request }) => request.effect.draft === row.draftId);
      const officer = one?.request.asker.officer;
      if (!one || !officer || row.answer !== 'mine') return [];
      const by = { id: officer.id, name: officer.name };
      return [
        {
          code: one.opened.code,
          fact: { kind: 'case_introduced' as const, officer: by, data: { answer: 'mine' } },
          event: null,
        },
      ];
    }),
    context,
  );
}

async function askHelped(sql: Sql, opening: Opening[], context: ApplyContext): Promise<void> {
  const rows = opening.map(({ request, opened }) => {
    const { name, relation, phone } = request.effect.beneficiary!;
    return { id: context.newId(), name, relation, phone: phone ?? null, request, opened };
  });
  const reached = await insertBeneficiaries(
    sql,
    rows.map(({ opened, request: _, ...row }) => ({
      ...row,
      caseId: opened.id,
      conversationId: opened.conversationId,
    })),
    context.now,
  );
  const told = rows.flatMap(({ id, name, opened }) => {
    const conversationId = reached.get(id);
    return conversationId === undefined
      ? []
      : [
          {
            conversationId,
            externalId: `beneficiary:${id}`,
            flow: 'for-whom-confirm',
            vars: {
              beneficiary: id,
              name: firstName(name),
              helper: firstName(opened.residentName),
              service: opened.service,
              village: opened.villageName,
            },
          },
        ];
  });
  await insertInternal(sql, told, context.now);
  context.nudges.converse ||= told.length > 0;
}
