import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { mergeConversations } from '../../src/store/mergeConversations.js';
import { eraseResident } from '../../src/store/residentErasure.js';
import { inTransaction } from '../../src/store/sql.js';
import { callsOf, countCalls } from '../../src/store/web/calls.js';
import { chatOfCase } from '../../src/store/web/caseChat.js';
import { caseScopeOf } from '../../src/web/allowed.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

/** An officer wrote about a case: who hears what the resident replies. */
let stage: Stage;
let siti: Asker;
let operator: Asker;
let secretary: Asker;
let head: Asker;
let elsewhere: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  operator = await stage.anOfficer('Andi', [{ role: 'operator', village: HERE }]);
  secretary = await stage.anOfficer('Ratna Dewi', [{ role: 'sekretaris', village: HERE }]);
  head = await stage.anOfficer('Slamet', [{ role: 'kepala_desa', village: HERE }]);
  elsewhere = await stage.anOfficer('Pak Lain', [{ role: 'operator', village: ELSEWHERE }]);
  siti = await stage.aResident();
});
afterAll(() => stage.close());

/** A complaint about the operator: for the secretary alone. */
async function aComplaint(): Promise<{ id: string; code: string }> {
  const { code } = await stage.apply(siti, {
    kind: 'open_case',
    draft: v7(),
    service: 'keluhan.petugas',
    flow: 'service-complaint',
    answers: { about: 'officer' },
    private: { who: 'staff', what: 'Diminta 50 ribu oleh Andi' },
    who: 'staff',
  });
  const [row] = await stage.rows<{ id: string }>('SELECT id FROM cases WHERE code = $1', [code]);
  return { id: row!.id, code };
}
const writes = (asker: Asker, code: string, text = 'Boleh saya tanya, Bu?') =>
  stage.apply(asker, { kind: 'message_resident', code, text });
/** As the flow `officer-message` does once the words are said. */
const isSaid = () => stage.apply(siti, { kind: 'hand_over', reason: 'answered' });
const replies = (text = 'Andi minta 50 ribu lagi', asker = siti) =>
  stage.apply(asker, { kind: 'hand_over', reason: 'message', text });
const calls = () => stage.apply(siti, { kind: 'hand_over', reason: 'asked' });
const answers = (asker: Asker, text = 'Ada yang bisa dibantu?') =>
  stage.apply(asker, { kind: 'answer_resident', conversation: siti.conversationId!, text });
const hours = (count: number) => {
  stage.now = new Date(stage.now.getTime() + count * 60 * 60_000);
};
const moves = async () => {
  await stage.rows('UPDATE residents SET village_id = $2 WHERE id = $1', [siti.residentId, ELSEWHERE]);
  siti = { ...siti, villageId: ELSEWHERE };
};
/** Who was told of a call, with which words. */
async function told(): Promise<{ [who: string]: unknown[] }> {
  const heard: { [who: string]: unknown[] } = {};
  for (const [who, asker] of Object.entries({ operator, secretary, head, elsewhere })) {
    const calls = (await stage.notified(asker)).filter(({ kind }) => kind === 'officer-hand-over');
    if (calls.length > 0) heard[who] = calls.map(({ vars }) => vars['text'] ?? null);
  }
  return heard;
}

describe('a reply about a case', () => {
  test('reaches the officer who wrote after a weekend, and nobody else', async () => {
    const { code } = await aComplaint();
    expect(await writes(secretary, code)).toMatchObject({ outcome: 'done' });
    await isSaid();
    hours(50);
    await replies();
    expect(await told()).toEqual({ secretary: ['Andi minta 50 ribu lagi'] });
  });

  test('reaches the officer who wrote when the resident lives elsewhere by now, and is answered from there', async () => {
    const { code } = await aComplaint();
    await writes(secretary, code);
    await isSaid();
    await moves();
    await replies();
    expect(await told()).toEqual({ secretary: ['Andi minta 50 ribu lagi'] });
    expect((await stage.notified(secretary)).at(-1)?.vars).toMatchObject({ village: 'Gintangan' });
    expect(await answers(secretary)).toMatchObject({ outcome: 'done' });
    // What is answered to it is about the case as well: whoever may not read of it does not read this.
    expect((await stage.told(siti)).at(-1)?.vars).toMatchObject({ code, text: 'Ada yang bisa dibantu?' });
  });

  test('reaches its handlers where the officer who wrote serves no more; nobody of a sealed one but its receivers', async () => {
    const { code } = await stage.aCase(siti, { service: 'spm' });
    await writes(secretary, code);
    await isSaid();
    await stage.rows('UPDATE officers SET is_active = false WHERE id = $1', [secretary.officer!.id]);
    await replies('Berkasnya besok');
    expect(await told()).toEqual({ head: ['Berkasnya besok'] });
    // It is theirs to go on with now.
    expect(await answers(head)).toMatchObject({ outcome: 'done' });

    siti = await stage.aResident();
    await stage.rows('UPDATE officers SET is_active = true WHERE id = $1', [secretary.officer!.id]);
    const sealed = await aComplaint();
    await writes(secretary, sealed.code);
    await isSaid();
    await stage.rows('DELETE FROM officer_roles WHERE officer_id = $1', [secretary.officer!.id]);
    await replies('Andi lagi');
    expect(await told()).toEqual({ head: ['Berkasnya besok'] });
    expect(await stage.rows('SELECT kind, conversation_id FROM incidents')).toEqual([
      { kind: 'no_officer', conversation_id: siti.conversationId },
    ]);
  });

  test('is not for an officer whose role does not handle the case any more', async () => {
    const { code } = await stage.aCase(siti, { service: 'spm' });
    await writes(secretary, code);
    await isSaid();
    await stage.rows(`UPDATE officer_roles SET role = 'kader' WHERE officer_id = $1`, [
      secretary.officer!.id,
    ]);
    await replies();
    expect(await told()).toEqual({ head: ['Andi minta 50 ribu lagi'] });
    expect(await answers(head)).toMatchObject({ outcome: 'done' });
  });

  test('is said to the same ones where the resident closed the chat before the words were said', async () => {
    const { code } = await aComplaint();
    await calls();
    await writes(secretary, code);
    await stage.apply(siti, { kind: 'end_hand_over' });
    await isSaid();
    hours(30);
    await replies();
    expect((await told())['operator']).toEqual([null]);
    expect((await told())['secretary']).toContain('Andi minta 50 ribu lagi');
  });

  test('of two cases in one call is for those whom the more confidential one is for', async () => {
    const complaint = await aComplaint();
    const letter = await stage.aCase(siti);
    await writes(secretary, complaint.code);
    await writes(secretary, letter.code, 'Suratnya sudah jadi');
    await isSaid();
    await stage.rows('UPDATE officers SET is_active = false WHERE id = $1', [secretary.officer!.id]);
    await replies();
    expect(await told()).toEqual({});
  });

  test('that is an emergency is told to all at home: without the words, but to those whom the case is for', async () => {
    const { code } = await aComplaint();
    await writes(secretary, code);
    await isSaid();
    await stage.apply(siti, { kind: 'hand_over', reason: 'emergency', text: 'Andi mengancam saya' });
    expect(await told()).toEqual({ secretary: ['Andi mengancam saya'], operator: [null], head: [null] });
  });
});

describe('a call about a case', () => {
  test('is not taken by who was called before, whatever the day', async () => {
    const { code } = await aComplaint();
    await calls();
    hours(1);
    await writes(secretary, code);
    await isSaid();
    hours(30);
    expect(await answers(operator)).toEqual({ outcome: 'lost', resident: 'Bu Siti', by: 'Ratna' });
    const letter = await stage.aCase(siti);
    expect(await writes(operator, letter.code)).toMatchObject({ outcome: 'lost', by: 'Ratna Dewi' });
    await stage.rows('UPDATE officers SET is_active = false WHERE id = $1', [secretary.officer!.id]);
    expect(await answers(operator)).toMatchObject({ outcome: 'lost' });
    expect(await stage.told(siti)).toHaveLength(1);
  });

  test('is another than the one before it, which was about none', async () => {
    const { id, code } = await aComplaint();
    await calls();
    hours(1);
    await writes(secretary, code);
    expect(
      await stage.rows('SELECT case_id, village_id, ended_by FROM hand_overs ORDER BY begun_at'),
    ).toEqual([
      { case_id: null, village_id: HERE, ended_by: 'officer' },
      { case_id: id, village_id: HERE, ended_by: null },
    ]);
  });

  test('once ended, the next one is anybody’s', async () => {
    const { code } = await aComplaint();
    await writes(secretary, code);
    await isSaid();
    await stage.apply(siti, { kind: 'end_hand_over' });
    hours(1);
    await calls();
    await replies('Mau tanya surat');
    expect((await told())['operator']).toEqual([null, 'Mau tanya surat']);
  });

  test('stays where two chats become one, and not the one about nothing', async () => {
    const { id, code } = await aComplaint();
    await writes(secretary, code);
    await isSaid();
    const kept = await stage.aResident();
    await stage.apply(kept, { kind: 'hand_over', reason: 'asked' });
    await inTransaction(stage.pool, (sql) =>
      mergeConversations(
        sql,
        { gone: siti.addressId!, kept: kept.addressId! },
        [siti, kept].map((one) => ({
          id: one.conversationId!,
          addressId: one.addressId!,
          lineId: one.lineId!,
          session: {},
          hasPrivate: false,
        })),
        stage.now,
      ),
    );
    expect(
      await stage.rows('SELECT case_id FROM hand_overs WHERE ended_at IS NULL AND conversation_id = $1', [
        kept.conversationId,
      ]),
    ).toEqual([{ case_id: id }]);
    await replies('Andi lagi', kept);
    expect((await told())['operator']).toEqual([null]);
  });

  test('ends where the resident is erased: what is said from there is somebody’s who is not known', async () => {
    const { code } = await aComplaint();
    await writes(secretary, code);
    await isSaid();
    await inTransaction(stage.pool, (sql) =>
      eraseResident(sql, siti.residentId!, { keptServices: [], newId: v7, now: stage.now }),
    );
    expect(await stage.rows('SELECT FROM hand_overs WHERE ended_at IS NULL')).toEqual([]);
  });
});

describe('a call about nothing', () => {
  test('is a village’s: who chooses another one begins anew with its officers', async () => {
    await calls();
    await answers(operator);
    await moves();
    await replies('Halo?');
    expect((await told())['elsewhere']).toEqual(['Halo?']);
    expect(await answers(elsewhere)).toMatchObject({ outcome: 'done' });
    expect(await stage.rows('SELECT village_id, officer_id FROM hand_overs WHERE ended_at IS NULL')).toEqual([
      { village_id: ELSEWHERE, officer_id: elsewhere.officer!.id },
    ]);
  });
});

describe('the page of calls', () => {
  const shown = async (asker: Asker, village = HERE) => {
    const cases = caseScopeOf(asker.officer!, stage.context().services);
    const [call] = await callsOf(stage.pool, { villages: [village] }, cases, asker.officer!.id, stage.now);
    return call?.answers.map(({ text }) => text);
  };

  test('shows words about a case to whoever sees the case, and to nobody else', async () => {
    await calls();
    await answers(operator, 'Silakan, Bu');
    hours(25);
    const letter = await stage.aCase(siti, { service: 'spm' });
    await writes(head, letter.code, 'Tentang berkas rujukan');
    await isSaid();
    await stage.apply(siti, { kind: 'end_hand_over' });
    hours(1);
    const complaint = await aComplaint();
    await writes(secretary, complaint.code, 'Tentang keluhan Ibu');
    await isSaid();
    await replies();
    await answers(secretary, 'Terima kasih laporannya');
    expect(await shown(operator)).toEqual(['Silakan, Bu']);
    expect(await shown(head)).toEqual(['Silakan, Bu', 'Tentang berkas rujukan']);
    expect(await shown(secretary)).toEqual([
      'Silakan, Bu',
      'Tentang berkas rujukan',
      'Tentang keluhan Ibu',
      'Terima kasih laporannya',
    ]);
    // It is the secretary's after the weekend still.
    hours(30);
    expect(await countCalls(stage.pool, { villages: [HERE] }, operator.officer!.id, stage.now)).toBe(0);
    expect(await countCalls(stage.pool, { villages: [HERE] }, secretary.officer!.id, stage.now)).toBe(1);
  });

  test('shows a village nothing of what was answered in another, and a call about a case where the case is', async () => {
    await calls();
    await answers(operator, 'Silakan, Bu');
    const { code } = await aComplaint();
    await stage.apply(siti, { kind: 'end_hand_over' });
    await moves();
    hours(1);
    await calls();
    await answers(elsewhere, 'Selamat datang');
    expect(await shown(elsewhere, ELSEWHERE)).toEqual(['Selamat datang']);
    expect(await shown(operator)).toBeUndefined();
    await stage.apply(siti, { kind: 'end_hand_over' });
    await writes(secretary, code, 'Tentang keluhan Ibu');
    await isSaid();
    await replies();
    expect(await shown(elsewhere, ELSEWHERE)).toEqual(['Selamat datang']);
    expect(await shown(secretary)).toEqual(['Silakan, Bu', 'Tentang keluhan Ibu']);
  });
});

describe('the chat of a case', () => {
  let said = 0;
  const says = (text: string) =>
    stage.rows(
      `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, received_at, handled_at)
       VALUES ($1, $2, $3, 'text', $4, $5, $5, $5)`,
      [siti.lineId, `said:${(said += 1)}`, siti.conversationId, { kind: 'text', text }, stage.now],
    );
  const shown = async (asker: Asker, { id, code }: { id: string; code: string }, since: Date) =>
    (
      await chatOfCase(stage.pool, {
        conversationId: siti.conversationId!,
        code,
        caseId: id,
        villageId: HERE,
        since,
        officerId: asker.officer!.id,
        hears: true,
      })
    ).map(({ text }) => text);

  test('shows nothing of what was said with another village, by either side', async () => {
    const since = stage.now;
    const letter = await stage.aCase(siti);
    await calls();
    await says('Kapan suratnya jadi?');
    await answers(operator, 'Besok, Bu');
    await stage.apply(siti, { kind: 'end_hand_over' });
    hours(1);
    await moves();
    await calls();
    await says('Saya baru pindah');
    await answers(elsewhere, 'Selamat datang');
    expect(await shown(operator, letter, since)).toEqual(['Kapan suratnya jadi?', 'Besok, Bu']);
  });

  test('shows nothing of what was replied about another case, whatever the order', async () => {
    const since = stage.now;
    const letter = await stage.aCase(siti);
    const complaint = await aComplaint();
    await writes(secretary, complaint.code, 'Tentang keluhan Ibu');
    await isSaid();
    hours(1);
    await says('Andi lagi');
    expect(await shown(operator, letter, since)).toEqual([]);
    expect(await shown(secretary, complaint, since)).toEqual(['Tentang keluhan Ibu', 'Andi lagi']);
  });
});

describe('words about a case', () => {
  const rina = async () => {
    const { residentId } = await stage.aResident({ name: 'Rina' });
    await stage.rows('UPDATE addresses SET resident_id = $2 WHERE id = $1', [siti.addressId, residentId]);
  };

  test('carry whose they are, so that nobody else is shown them', async () => {
    const { code } = await aComplaint();
    await writes(secretary, code);
    expect(await stage.told(siti)).toEqual([
      {
        flow: 'officer-message',
        vars: {
          text: 'Boleh saya tanya, Bu?',
          by: 'Ratna',
          code,
          whose: siti.residentId,
          resident: 'Bu Siti',
        },
      },
    ]);
  });

  test('do not go to whoever else has the phone by now, and the officer hears so', async () => {
    const { code } = await aComplaint();
    await rina();
    expect(await writes(secretary, code)).toEqual({
      outcome: 'veiled',
      resident: 'Bu Siti Aminah',
      by: null,
    });
    expect(await stage.told(siti)).toEqual([
      {
        flow: 'officer-message',
        vars: { text: null, by: 'Ratna', code, whose: siti.residentId, resident: 'Bu Siti', veiled: true },
      },
    ]);
    // No call begins: what they say is no reply to it.
    expect(await stage.rows('SELECT FROM hand_overs')).toEqual([]);
    expect(await stage.rows(`SELECT action, data FROM audit_log`)).toEqual([
      { action: 'resident.message', data: { code, from: 'telegram', veiled: true } },
    ]);
  });

  test('that wait to be read keep no other call from the office, and are answered as such once they are read', async () => {
    const { code } = await aComplaint();
    await writes(secretary, code);
    // Somebody calls before they showed that the words are theirs to read.
    await calls();
    expect((await told())['operator']).toEqual([null]);
    await answers(operator);
    hours(1);
    await stage.apply(siti, { kind: 'hand_over', reason: 'answered', code });
    await replies();
    expect((await told())['operator']).toEqual([null]);
    expect((await told())['secretary']).toContain('Andi minta 50 ribu lagi');
  });
});
