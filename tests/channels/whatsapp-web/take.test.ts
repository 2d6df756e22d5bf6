import { describe, expect, test } from 'vitest';
import { createOwn, type Own } from '../../../src/channels/whatsapp-web/own.js';
import { createTaker, type Taker } from '../../../src/channels/whatsapp-web/take.js';
import { testIntake, testLog, until, type TestIntake } from '../intake.js';

const SITI = '6281200000041@c.us';
const TONO = '6281200000042@c.us';

/** A message at a second; its id tells it apart. */
function message(at: number, text: string, more: object = {}) {
  return { id: `false_${SITI}_${text}`, chat: SITI, fromMe: false, type: 'chat', at, text, ...more };
}

function aTaker(own: Own = createOwn()): { taker: Taker; intake: TestIntake; seen: string[] } {
  const intake = testIntake();
  const seen: string[] = [];
  const taker = createTaker({
    lineId: 'whatsapp-web:desa',
    intake,
    log: testLog(),
    receiveMs: () => 1,
    isOurs: (record) => own.isOurs(record),
    stored: (chat) => void seen.push(chat),
  });
  return { taker, intake, seen };
}

const stored = (intake: TestIntake, count: number) =>
  until(`${count} are stored`, () => intake.stored.length >= count);

describe('what comes in', () => {
  test("one that is not stored holds back its writer's later ones, and nobody else's", async () => {
    const { taker, intake } = aTaker();
    intake.fails(50, (inbound) => inbound.chatId === SITI);
    taker.take(message(1, 'satu'));
    taker.take(message(2, 'dua'));
    taker.take(message(2, 'lain', { id: 'x', chat: TONO }));
    await stored(intake, 1);
    expect(intake.texts()).toEqual(['lain']);
    await stored(intake, 3);
    expect(intake.texts()).toEqual(['lain', 'satu', 'dua']);
  });

  test('what was missed goes before what came meanwhile, and what is in both goes once', async () => {
    const { taker, intake } = aTaker();
    taker.hold();
    taker.take(message(5, 'baru'));
    taker.take(message(4, 'juga terlewat'));
    taker.release([message(3, 'terlewat'), message(4, 'juga terlewat')]);
    await stored(intake, 3);
    expect(intake.texts()).toEqual(['terlewat', 'juga terlewat', 'baru']);
    expect(intake.tries).toHaveLength(3);
  });

  test('looked through again, what came before does not come again; what nobody could decrypt then does', async () => {
    const { taker, intake } = aTaker();
    taker.take(message(3, 'satu'));
    taker.take(message(3, 'dua', { type: 'ciphertext' }));
    await stored(intake, 2);
    taker.hold();
    taker.take(message(5, 'empat'));
    taker.release([message(3, 'satu'), message(3, 'dua'), message(4, 'tiga')], true);
    await stored(intake, 4);
    expect(intake.tries).toHaveLength(5);
    expect(intake.texts().slice(-2)).toEqual(['tiga', 'empat']);
  });

  test('an edit that came meanwhile is not taken for the message that it changes', async () => {
    const { taker, intake } = aTaker();
    taker.hold();
    taker.take(message(4, 'satu', { edit: 'e1' }));
    taker.release([message(4, 'satu')]);
    await stored(intake, 2);
    expect(intake.contents().map(({ kind }) => kind)).toEqual(['text', 'edit']);
  });

  test('it is told as seen once all of it is stored', async () => {
    const { taker, intake, seen } = aTaker();
    const release = intake.holds();
    taker.take(message(1, 'satu'));
    taker.take(message(2, 'dua'));
    await until('it is being stored', () => intake.tries.length > 0);
    expect(seen).toEqual([]);
    release();
    await until('it is told', () => seen.length > 0);
    expect(intake.texts()).toEqual(['satu', 'dua']);
    expect(seen).toEqual([SITI]);
  });

  test('the time from which the chats are to be read again is that of the oldest that is not stored', async () => {
    const { taker, intake } = aTaker();
    expect(taker.storedUntil()).toBeNull();
    taker.take(message(10, 'satu'));
    await stored(intake, 1);
    await until('it counts', () => taker.storedUntil() === 10);
    const release = intake.holds();
    taker.take(message(20, 'dua'));
    taker.take(message(30, 'tiga', { id: 'x', chat: TONO }));
    expect(taker.storedUntil()).toBe(19);
    intake.fails(1_000_000);
    release();
    await taker.stop();
    expect(taker.storedUntil()).toBe(19);
  });
});

describe('what our account says', () => {
  const byUs = (id: string, text: string) => ({ ...message(5, text), id, fromMe: true });

  test('is ours while we are told of its id only afterwards', async () => {
    const own = createOwn();
    const { taker, intake } = aTaker(own);
    const known = own.sending('Baik.');
    taker.take(byUs('true_x_3EB01', 'Baik.'));
    taker.take(message(6, 'terima kasih'));
    known('true_x_3EB01');
    await stored(intake, 1);
    expect(intake.contents()).toEqual([{ kind: 'text', text: 'terima kasih' }]);
  });

  test("is ours by its words where we never heard the id; else it is the owner's", async () => {
    const own = createOwn();
    const { taker, intake } = aTaker(own);
    own.sending('Baik.')(null);
    taker.take(byUs('true_x_3EB02', 'Baik.'));
    taker.take(byUs('true_x_AC03', 'saya yang urus'));
    await stored(intake, 1);
    expect(intake.stored).toMatchObject([
      { externalId: 'true_x_AC03', content: { kind: 'owner_wrote', says: 'pause' } },
    ]);
  });

  test('does not wait for sends that began later', async () => {
    const own = createOwn();
    const first = own.sending('satu');
    const isOurs = own.isOurs({ id: 'true_x_AC04', text: 'saya yang urus' });
    own.sending('dua');
    first('true_x_3EB05');
    expect(await isOurs).toBe(false);
  });
});
