import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import type { OfficerIdentity } from '../../src/core/asker.js';
import { loadFlows } from '../../src/flow/load.js';
import { createEngine } from '../../src/pipeline/engine.js';
import { recordingChannel } from '../support/recordingChannel.js';
import { aWorld, type World } from '../support/world.js';

/** The real flows on the real road: what a complaint and a right leave in the database, and what they do not. */
const flows = await loadFlows(FLOWS_FOLDER);
let world: World;
let at: Date;
let siti: ReturnType<World['aPerson']>;
beforeEach(async () => {
  at = new Date();
  world = await aWorld({
    engine: createEngine(flows),
    services: flows.services,
    channels: [recordingChannel('telegram:7001', { platform: 'telegram' })],
    now: () => at,
  });
  await world.aVillage();
  siti = world.aPerson({ channel: world.channels[0]!, chatId: '501', name: 'Siti' });
});
afterEach(async () => {
  await world.stop();
});

/** Says lines one after the other; answers what was last said back. */
async function talks(...lines: string[]): Promise<string> {
  for (const line of lines) {
    at = new Date(at.getTime() + 1_000);
    await siti.says(line);
    await world.settles();
  }
  return siti.heard().at(-1) ?? '';
}

async function officer(role: string): Promise<OfficerIdentity> {
  const { rows } = await world.pool.query<{ id: string; name: string; village: string }>(
    `SELECT o.id, o.name, r.village_id AS village FROM officers o JOIN officer_roles r ON r.officer_id = o.id
     WHERE r.role = $1 AND r.village_id IS NOT NULL`,
    [role],
  );
  const { id, name, village } = rows[0]!;
  return { id, name, roles: [{ role, village }] };
}

/** Every row of every table, as text. */
async function everything(): Promise<string> {
  const { rows: tables } = await world.pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`,
  );
  const texts = await Promise.all(
    tables.map(
      async ({ name }) =>
        (await world.pool.query(`SELECT t::text AS row FROM "${name}" t`)).rows as { row: string }[],
    ),
  );
  expect(tables.length).toBeGreaterThan(30);
  return texts
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

const codeIn = (said: string) => /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/u.exec(said)?.[0] ?? '';

describe('a complaint', () => {
  test('leaves none of its author’s words in the database, from the first question to an answer', async () => {
    await talks('lapor pungli', 'Gintangan', 'Dimintai uang', 'Petugas / perangkat', 'Wahyudi');
    const said = await talks('Dimintai lima puluh ribu di loket dua', 'kirim');
    expect(said).toContain('hanya dibaca Sekretaris');
    const code = codeIn(said);
    const secretary = await officer('sekretaris');
    await world.perform(secretary, [{ kind: 'act_on_case', code, act: 'ask', text: 'Kapan kejadiannya?' }]);
    await world.settles();
    expect(siti.heard().at(-1)).toContain('Kapan kejadiannya?');
    await talks('Senin kemarin jam sembilan');
    const { rows } = await world.pool.query('SELECT status FROM cases WHERE code = $1', [code]);
    expect(rows).toEqual([{ status: 'in_hand' }]);
    const stored = await everything();
    expect(stored).toContain(code);
    expect(stored).not.toMatch(/lima puluh ribu|loket dua|Wahyudi|Senin kemarin/iu);
  });

  test('about the head of the village leaves nothing at all', async () => {
    const said = await talks('lapor pungli', 'Gintangan', 'Dimintai uang', 'Kepala Desa / Lurah');
    expect(said).toContain('SP4N-LAPOR!');
    expect((await world.pool.query('SELECT 1 FROM cases')).rows).toEqual([]);
    expect((await world.pool.query('SELECT 1 FROM notifications')).rows).toEqual([]);
  });
});

describe('a right', () => {
  test('to see is answered at once; to have erased, by an officer, who leaves nothing of what was written', async () => {
    await talks('lapor pungli', 'Gintangan', 'batal');
    const told = await talks('lihat data saya');
    expect(told).toContain('Desa: Gintangan');
    const seeing = codeIn(told.slice(told.indexOf('tercatat')));
    await talks('jalan di depan rumah Karsidi berlubang');
    const code = codeIn(await talks('hapus data saya', 'ya'));
    expect(await everything()).toMatch(/Karsidi/u);
    const secretary = await officer('sekretaris');
    await world.perform(secretary, [{ kind: 'act_on_case', code: seeing, act: 'finish' }]);
    await world.settles();
    const [result] = await world.perform(secretary, [{ kind: 'act_on_case', code, act: 'finish' }]);
    expect(result).toMatchObject({ outcome: 'done' });
    await world.settles();
    expect(siti.heard().at(-1)).toContain(`hapus data ${code} sudah selesai`);
    expect(await everything()).not.toMatch(/Karsidi/u);
    expect(await talks('status')).not.toContain(code);
  });

  test('to have erased reaches what was passed on to officers, in their chats as well', async () => {
    const ratna = world.aPerson({ channel: world.channels[0]!, chatId: '601', name: 'Ratna' });
    await ratna.says('menu');
    const secretary = await officer('sekretaris');
    await world.pool.query(
      `UPDATE addresses a SET officer_id = $1 FROM conversations c WHERE c.id = $2 AND a.id = c.address_id`,
      [secretary.id, await ratna.conversation()],
    );
    await talks('lapor pungli', 'Gintangan', 'batal');
    await talks('petugas', 'Mau titip kabar untuk Pak Mukidi');
    expect(ratna.heard().at(-1)).toContain('Pak Mukidi');
    await world.pool.query(
      `INSERT INTO incidents (id, kind, conversation_id, detail, opened_at)
       VALUES (gen_random_uuid(), 'late_emergency', $1, '{"text": "Rumah Pak Mukidi roboh"}', $2)`,
      [await siti.conversation(), at],
    );
    await talks('menu');
    const code = codeIn(await talks('hapus data saya', 'ya'));
    const [result] = await world.perform(secretary, [{ kind: 'act_on_case', code, act: 'finish' }]);
    expect(result).toMatchObject({ outcome: 'done' });
    await world.settles();
    expect(await everything()).not.toMatch(/Pak Mukidi/u);
  });
});
