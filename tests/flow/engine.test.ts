import { describe, expect, test } from 'vitest';
import type { Content } from '../../src/core/content.js';
import { advance } from '../../src/flow/engine.js';
import { withHistory } from '../../src/flow/load.js';
import type { Frame, Session, Turn, TurnContext } from '../../src/flow/types.js';
import { checkOf, flowsOf, REQUEST, system, talkWith } from './support.js';

const flows = await flowsOf(REQUEST);
const text = (lines: string[]): string => lines.join('\n');

describe('a session', () => {
  const context: TurnContext = {
    now: new Date('2026-11-24T02:00:00Z'),
    newId: () => '01936b00-0000-7000-8000-000000000001',
    language: 'id',
    channel: { platform: 'telegram', choices: 'buttons', group: false },
    publicUrl: null,
    resident: { id: 'r', name: 'Siti', isNew: false, phone: null },
    village: null,
    officer: null,
    handedOver: false,
  };
  const said = (content: Content) => ({ kind: 'message' as const, content, at: context.now });

  test('is not changed by the turn that it is handed to', () => {
    const begun = advance(flows, {}, said({ kind: 'text', text: 'sku' }), context).session;
    const before = JSON.stringify(begun);
    advance(flows, begun, said({ kind: 'text', text: 'Warung Siti' }), context);
    expect(JSON.stringify(begun)).toBe(before);
  });

  test('gives the same turn for the same event', () => {
    const once = advance(flows, {}, said({ kind: 'text', text: 'sku' }), context);
    expect(advance(flows, {}, said({ kind: 'text', text: 'sku' }), context)).toEqual(once);
  });

  test('carries the draft id that was handed in, and at most 500 bytes at its fullest', () => {
    let session: Session = {};
    let largest = 0;
    for (const line of ['sku', 'Warung Bu Siti', 'toko', '2019']) {
      session = advance(flows, session, said({ kind: 'text', text: line }), context).session;
      largest = Math.max(largest, Buffer.byteLength(JSON.stringify(session)));
    }
    expect(session.d).toBe('01936b00-0000-7000-8000-000000000001');
    expect(largest).toBeLessThanOrEqual(500);
  });

  test('of a suspended turn gives no effects until its last round', () => {
    let session: Session = {};
    for (const line of ['sku', 'Warung Bu Siti', 'toko', '2019'])
      session = advance(flows, session, said({ kind: 'text', text: line }), context).session;
    const suspended = advance(flows, session, said({ kind: 'text', text: 'kirim' }), context);
    expect(suspended.effects).toEqual([]);
    expect(suspended.asks).toMatchObject([
      { id: 'open_case', effect: { kind: 'open_case', service: 'usaha' } },
    ]);
    const results = { open_case: { code: 'X', position: 1, due: null, is_new: true } };
    const done = advance(flows, suspended.session, { kind: 'answers', results }, context);
    expect(done.asks).toEqual([]);
    expect(done.session.w).toBeUndefined();
    expect(done.effects).toContainEqual({ kind: 'send_message', message: { text: 'Diterima, nomor X.' } });
  });

  test('whose ask was not answered is a fault, not a silent end', () => {
    const suspended: Session = { f: 'request', s: 'open_case', w: { k: 'step', id: 'open_case' } };
    expect(() => advance(flows, suspended, { kind: 'answers', results: {} }, context)).toThrow(/open_case/u);
  });
});

describe('the summary', () => {
  test('changes one answer and comes back without asking the rest again', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti', 'toko', '2019']) talk.play(line);
    expect(text(talk.play('[tap: Ubah]'))).toContain('[Nama] [Bidang] [Sejak]');
    expect(text(talk.play('[tap: Nama]'))).toContain('Nama usaha?');
    const summary = text(talk.play('Warung Siti Jaya'));
    expect(summary).toContain('• Nama: Warung Siti Jaya');
    expect(summary).toContain('• Sejak: 2019');
  });

  test('asks what a changed answer makes necessary, and leaves out what it makes idle', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti', 'toko', '2019', 'ubah', 'bidang']) talk.play(line);
    expect(text(talk.play('lainnya'))).toContain('Bidang apa persisnya?');
    expect(text(talk.play('sewa tenda'))).toContain('• Persisnya: sewa tenda');
    for (const line of ['ubah', 'bidang']) talk.play(line);
    const summary = text(talk.play('dagang'));
    expect(summary).not.toContain('Persisnya');
    expect(text(talk.play('kirim'))).toContain(
      '"answers":{"name":"Warung Siti","kind":"trade","since":2019}',
    );
  });

  test('a label typed at the summary changes that answer at once', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti', 'toko', '2019']) talk.play(line);
    expect(text(talk.play('ubah nama'))).toContain('Nama usaha?');
  });

  test('kembali while an answer is changed keeps the old one', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti', 'toko', '2019', 'ubah', 'nama']) talk.play(line);
    expect(text(talk.play('kembali'))).toContain('• Nama: Warung Siti');
  });
});

describe('sending', () => {
  const ready = (...header: string[]) => {
    const talk = talkWith(flows, ...header);
    for (const line of ['sku', 'Warung Siti', 'toko', '2019']) talk.play(line);
    return talk;
  };

  test('a second tap on Kirim in the same moment opens nothing and says nothing', () => {
    const talk = ready();
    expect(text(talk.play('[tap: Kirim]'))).toContain('! open_case');
    expect(talk.play('[tap: Kirim]', true)).toEqual([]);
  });

  test('a tap on it much later tells the number', () => {
    const talk = ready();
    talk.play('[tap: Kirim]');
    talk.play('(1 hour later)');
    expect(text(talk.play('[tap: Kirim]'))).toBe(
      `< ${system(flows, 'already_sent', { code: 'K7M2-PXQ4-3' })}`,
    );
  });

  test('the same number typed twice on a numbered chat is one sending', () => {
    const talk = ready('channel: whatsapp');
    expect(text(talk.play('1'))).toContain('! open_case');
    expect(talk.play('1', true)).toEqual([]);
  });

  test('how close two messages are is told by when they were sent, not by when they are handled', () => {
    const talk = ready('channel: whatsapp');
    const now = new Date(talk.world.now.getTime() + 600_000);
    const send = (seconds: number): void => {
      const at = new Date(talk.world.now.getTime() + seconds * 1000);
      const event = { kind: 'message', content: { kind: 'text', text: '1' }, at } as const;
      const turn = advance(flows, talk.session, event, { ...talk.world.context(), now });
      talk.session = turn.session;
      sent.push(turn);
    };
    const sent: Turn[] = [];
    send(0);
    const results = { open_case: { code: 'K', position: 1, due: null, is_new: true } };
    talk.session = advance(
      flows,
      talk.session,
      { kind: 'answers', results },
      { ...talk.world.context(), now },
    ).session;
    send(5);
    send(40);
    expect(sent.map((turn) => turn.effects.length > 0 || turn.asks.length > 0)).toEqual([true, false, true]);
  });

  test('the same number after a while is a message of its own', () => {
    const talk = ready('channel: whatsapp');
    talk.play('1');
    expect(talk.play('1')).not.toEqual([]);
  });
});

describe('words that always work', () => {
  test('menu in the middle keeps the draft, and the flow is taken up again', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    expect(text(talk.play('menu'))).toContain('Menu. Mau apa?');
    expect(text(talk.play('surat usaha'))).toContain('Bidang apa?');
    for (const line of ['toko', 'lewati']) talk.play(line);
    expect(text(talk.play('kirim'))).toContain('Warung Siti');
  });

  test('status in the middle answers and asks the question again', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    const said = text(talk.play('status'));
    expect(said).toContain('Belum ada permohonan.');
    expect(said).toContain(system(flows, 'back_to', { title: 'Surat usaha' }));
    expect(said).toContain('Bidang apa?');
  });

  test('batal ends politely, sends nothing and tells how to begin again', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    expect(text(talk.play('batal'))).toContain(system(flows, 'cancelled', { again: 'surat usaha' }));
    expect(talk.session.f).toBeUndefined();
    expect(text(talk.play('batal'))).toContain(system(flows, 'cancelled_none'));
  });

  test('kembali goes back one question at a time, to the first and no further', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti', 'toko']) talk.play(line);
    expect(text(talk.play('kembali'))).toContain('Bidang apa?');
    expect(text(talk.play('salah ketik balik'))).toContain('Nama usaha?');
    expect(text(talk.play('kembali'))).toContain(system(flows, 'back_none'));
  });

  test('ulangi shows the question again', () => {
    const talk = talkWith(flows);
    talk.play('sku');
    expect(text(talk.play('ulangi'))).toBe('< Nama usaha?');
  });

  test('a word counts only where it is the whole message', () => {
    const talk = talkWith(flows);
    talk.play('sku');
    expect(text(talk.play('Menu Lezat Bu Siti'))).toContain('Bidang apa?');
  });

  test('petugas hands over', () => {
    expect(text(talkWith(flows).play('petugas'))).toContain('! hand_over {"reason":"asked"}');
  });

  test('a command of Telegram is the word', () => {
    expect(text(talkWith(flows).play('/menu@kentongan_bot'))).toContain('Menu. Mau apa?');
  });
});

describe('a message that is not understood', () => {
  test('gets a hint with the question, and a person is offered at the third', () => {
    const talk = talkWith(flows, 'channel: whatsapp');
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    expect(text(talk.play('zzz'))).toContain(system(flows, 'hint_choice'));
    expect(text(talk.play('qqq'))).toContain('Bidang apa?');
    expect(text(talk.play('xxx'))).toContain(`${system(flows, 'miss_offer')}\n  1. Petugas\n  2. Coba lagi`);
    expect(text(talk.play('1'))).toContain('! hand_over');
  });

  test('leaves the question waiting when the person tries again', () => {
    const talk = talkWith(flows, 'channel: whatsapp');
    for (const line of ['sku', 'Warung Siti', 'zzz', 'qqq', 'xxx']) talk.play(line);
    expect(text(talk.play('2'))).toContain('Bidang apa?');
    expect(text(talk.play('1'))).toContain('Sejak tahun?');
  });

  test.each([
    ['ya pak', '! hand_over'],
    ['tidak', 'Bidang apa?'],
  ])('may answer "%s" to the offer of a person', (said, heard) => {
    const talk = talkWith(flows, 'channel: whatsapp');
    for (const line of ['sku', 'Warung Siti', 'zzz', 'qqq', 'xxx']) talk.play(line);
    expect(text(talk.play(said))).toContain(heard);
  });

  test('that names another flow is asked about, and the draft waits', async () => {
    const both = await flowsOf({
      ...REQUEST,
      'services/residence.yaml': {
        flow: 'residence',
        intent: 'surat.domisili',
        title: 'Surat domisili',
        understands: ['surat domisili', 'domisili'],
        steps: [
          { ask: 'place', text: 'Tinggal di mana?', answer: { type: 'text' } },
          { end: 'noted', text: 'Dicatat.' },
        ],
      },
    });
    const talk = talkWith(both);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    expect(text(talk.play('surat domisili'))).toContain(
      system(flows, 'switch_ask', { title: 'Surat domisili' }),
    );
    expect(text(talk.play('ya'))).toContain('Tinggal di mana?');
    const back = text(talk.play('Krajan'));
    expect(back).toContain('Dicatat.');
    expect(back).toContain('Bidang apa?');
    talk.play('surat domisili');
    expect(text(talk.play('tidak'))).toContain(system(flows, 'switch_stay'));
  });
});

describe('an emergency', () => {
  test('is answered before the question that waits, which keeps waiting', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    expect(text(talk.play('tolong anak saya kejang'))).toBe(
      '< TELEPON 112 SEKARANG (darurat.medis). Atau 119, 118, healing119.id.',
    );
    expect(text(talk.play('toko'))).toContain('Sejak tahun?');
  });

  test('is answered while a person has the word, and in a group it is left to people', () => {
    const talk = talkWith(flows);
    talk.play('petugas');
    expect(text(talk.play('rumah kebakaran'))).toContain('112');
    expect(talkWith(flows, 'group: yes').play('rumah kebakaran')).toEqual([]);
  });

  test('said twice to a question for free words is also its answer', () => {
    const talk = talkWith(flows);
    talk.play('sku');
    expect(text(talk.play('bengkel kecelakaan'))).not.toContain('Bidang apa?');
    const again = text(talk.play('bengkel kecelakaan'));
    expect(again).toContain('112');
    expect(again).toContain('Bidang apa?');
  });

  test('that was read late also alerts a person', () => {
    const said = text(talkWith(flows).play('[late] ada kebakaran'));
    expect(said).toContain('! raise_incident {"incident":"late_emergency"');
    expect(said).toContain('112');
  });

  test('that was read late begins with 112, and says that officers know only where there are any', () => {
    for (const [village, key] of [
      ['Kemiren', 'emergency_late_told'],
      ['Sumbersari', 'emergency_late'],
      ['none', 'emergency_late'],
    ] as const) {
      const said = talkWith(flows, `village: ${village}`).play('[late] ada kebakaran');
      expect(said[0]).toContain('112');
      expect(said.filter((line) => line.startsWith('< '))).toHaveLength(1);
      expect(text(said)).toContain(`  ${system(flows, key)}\n!`);
    }
  });

  test.each([
    ['a changed message', { kind: 'edit', externalId: '1', text: 'anak saya kejang' }],
    ['the name of a place', { kind: 'location', latitude: -8.2, longitude: 114.3, label: 'rumah kebakaran' }],
    ['the name of a contact', { kind: 'contact', phone: '6281', name: 'Tolong bapak pingsan', isOwn: false }],
  ] as const)('is heard in %s, whose words are no answer', (_, content) => {
    const talk = talkWith(flows);
    talk.play('sku');
    const event = { kind: 'message', content, at: talk.world.now } as const;
    const turn = advance(flows, talk.session, event, talk.world.context());
    expect(JSON.stringify(turn.effects)).toContain('112');
    expect(turn.session.a).toBeUndefined();
  });

  test('stands before the first-contact card', () => {
    const said = text(talkWith(flows, 'first: yes').play('ada kebakaran'));
    expect(said.indexOf('112')).toBeLessThan(
      said.indexOf(system(flows, 'first_contact', { village: 'Kemiren' })),
    );
  });
});

describe('after a pause', () => {
  test('of more than six hours the question is asked again before an answer counts', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    talk.play('(7 hours later)');
    expect(text(talk.play('toko'))).toContain(
      `${system(flows, 'resume', { title: 'Surat usaha' })}\n\n  Bidang apa?`,
    );
    expect(text(talk.play('toko'))).toContain('Sejak tahun?');
  });

  test('a tap counts at once', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    talk.play('(7 hours later)');
    expect(text(talk.play('[tap: Dagang]'))).toContain('Sejak tahun?');
  });

  test('a draft has its reminder and its end, which the sending takes away', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    expect([...talk.world.timers.keys()].sort()).toEqual(['draft_expiry', 'draft_reminder']);
    for (const line of ['toko', 'lewati', 'kirim']) talk.play(line);
    expect([...talk.world.timers.keys()]).toEqual([]);
  });

  test('a reminder of a draft that waits no more says nothing', () => {
    expect(talkWith(flows).play('[flow draft-reminder {}]')).toEqual([]);
  });
});

describe('a stale button', () => {
  test('is answered with the present state', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti', '[tap: Dagang]', '2019']) talk.play(line);
    expect(text(talk.play('[old tap: Dagang]'))).toContain(system(flows, 'stale'));
    expect(text(talk.play('[tap: a.zzzz.0]'))).toContain('Sudah benar?');
  });

  test('that is no payload of ours does no harm', () => {
    const talk = talkWith(flows);
    talk.play('sku');
    expect(text(talk.play('[tap: w.formatdisk]'))).toContain('Nama usaha?');
    expect(text(talk.play('[tap: f.no-such-flow.x]'))).toContain('Nama usaha?');
  });

  test('tapped twice in a moment is passed over', () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    talk.play('[tap: Dagang]');
    expect(talk.play('[old tap: Dagang]', true)).toEqual([]);
  });
});

describe('two answers in one moment', () => {
  test('go into two slots', () => {
    const talk = talkWith(flows, 'channel: whatsapp');
    talk.play('sku');
    talk.play('Warung Siti', true);
    expect(text(talk.play('1', true))).toContain('Sejak tahun?');
    expect(talk.session.a).toEqual({ name: 'Warung Siti', kind: 'trade' });
  });
});

describe('a flow that was edited', () => {
  const edited = (change: (steps: { [key: string]: unknown }[]) => void) => {
    const file = structuredClone(REQUEST['services/request.yaml']) as { steps: { [key: string]: unknown }[] };
    change(file.steps);
    return flowsOf({ 'services/request.yaml': file });
  };
  const at = (...lines: string[]): Session => {
    const talk = talkWith(flows);
    for (const line of lines) talk.play(line);
    return talk.session;
  };
  const history = [...flows.byId.values()].map((flow) => ({
    flow: flow.id,
    hash: flow.hash,
    steps: flow.steps.map((step) => step.id),
  }));

  test('goes on at the same step with its answers', async () => {
    const newer = await edited((steps) => (steps[3]!.text = 'Mulai tahun berapa?'));
    const talk = talkWith(newer);
    talk.session = at('sku', 'Warung Siti', 'toko');
    expect(text(talk.play('2019'))).toContain('• Nama: Warung Siti');
  });

  test('shows a choice again before a number counts, since it may mean another option', async () => {
    const newer = await edited((steps) => {
      const { options } = steps[1]!.answer as { options: unknown[] };
      options.reverse();
    });
    const talk = talkWith(newer, 'channel: whatsapp');
    talk.session = at('sku', 'Warung Siti');
    const said = text(talk.play('1'));
    expect(said).toContain(system(flows, 'flow_changed', { title: 'Surat usaha' }));
    expect(said).toContain('1. Lainnya');
    talk.play('2');
    expect(talk.session.a).toMatchObject({ kind: 'trade' });
  });

  test('goes back to the nearest step before, and tells it, where its step is gone', async () => {
    const newer = withHistory(await edited((steps) => steps.splice(3, 1)), history);
    const talk = talkWith(newer);
    talk.session = at('sku', 'Warung Siti', 'lainnya', 'sewa tenda');
    const said = text(talk.play('2019'));
    expect(said).toContain(system(flows, 'flow_changed', { title: 'Surat usaha' }));
    expect(said).toContain('Bidang apa persisnya?');
    expect(talk.session.a).toMatchObject({ name: 'Warung Siti' });
  });

  test('that is gone altogether is told', async () => {
    const talk = talkWith(await flowsOf({}));
    talk.session = at('sku', 'Warung Siti');
    expect(text(talk.play('toko'))).toContain(system(flows, 'flow_gone'));
    expect(talk.session.f).toBeUndefined();
  });
});

describe('a notice that comes on top of a flow', () => {
  const notice = {
    'services/case-notice.yaml': {
      flow: 'case-notice',
      title: 'Kabar',
      interrupts: true,
      steps: [{ end: 'told', text: 'Kabar {code}.' }],
    },
  };
  const begun = (): Session => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    return talk.session;
  };

  test('that was taken out meanwhile is told all the same', async () => {
    const talk = talkWith(await flowsOf(notice));
    talk.session = begun();
    const said = text(talk.play('[flow case-notice {"code":"K1"}]'));
    expect(said).toContain(system(flows, 'flow_gone'));
    expect(said).toContain('Kabar K1.');
    expect(talk.session.f).toBeUndefined();
  });

  test.each([
    ['on top', (rest: Session, kept: Frame, gone: Frame) => ({ ...rest, k: [kept], ...gone })],
    [
      'beneath one that it called',
      (rest: Session, kept: Frame, gone: Frame) => ({
        ...rest,
        k: [kept, gone],
        f: 'menu',
        s: 'topic',
        t: 'q2',
        y: 'c' as const,
        i: 'x',
      }),
    ],
  ])('is told where another flow, %s, was taken out, and asks what lay under it', async (_, laid) => {
    const { f, h, s, a, t, d, b, ...rest } = begun();
    const kept = JSON.parse(JSON.stringify({ f, h, s, a, t, d, b })) as Frame;
    const talk = talkWith(await flowsOf({ ...REQUEST, ...notice }));
    talk.session = laid(rest, kept, { f: 'gone', s: 'x', t: 'q1', y: 'i', a: { x: 1 } });
    expect(text(talk.play('[flow case-notice {"code":"K1"}]'))).toContain('Kabar K1.');
    if (talk.session.f === 'menu') talk.play('[tap: a.q2.50]');
    expect(text(talk.play('toko'))).toContain('Sejak tahun?');
  });

  test('whose step is gone asks the nearest one before it, after the notice', async () => {
    const file = structuredClone(REQUEST['services/request.yaml']) as { steps: object[] };
    file.steps.splice(3, 1);
    const history = [...flows.byId.values()].map((flow) => ({
      flow: flow.id,
      hash: flow.hash,
      steps: flow.steps.map((step) => step.id),
    }));
    const newer = withHistory(await flowsOf({ ...notice, 'services/request.yaml': file }), history);
    const before = talkWith(flows);
    for (const line of ['sku', 'Warung Siti', 'lainnya', 'sewa tenda']) before.play(line);
    const talk = talkWith(newer);
    talk.session = before.session;
    const said = text(talk.play('[flow case-notice {"code":"K1"}]'));
    expect(said.indexOf('Kabar K1.')).toBeLessThan(said.indexOf('Bidang apa persisnya?'));
  });
});

describe('what may start a flow', () => {
  const linked = flowsOf({
    ...REQUEST,
    'system/told.yaml': { flow: 'told', title: 'Kabar', steps: [{ end: 'said', text: 'Kabar rahasia.' }] },
    'system/linked.yaml': {
      flow: 'linked',
      title: 'Tautan',
      opens_by_link: true,
      steps: [{ end: 'said', text: 'Lewat tautan.' }],
    },
    'system/pressed.yaml': {
      flow: 'pressed',
      title: 'Tombol',
      by_button: true,
      steps: [{ end: 'said', text: 'Lewat tombol.' }],
    },
  });

  test('by a link is only a flow that is meant for links', async () => {
    const known = await linked;
    expect(text(talkWith(known).play('[start: f-linked]'))).toContain('Lewat tautan.');
    for (const flow of ['told', 'pressed', 'request', 'draft-expired', 'nothing'])
      expect(text(talkWith(known).play(`[start: f-${flow}]`)), flow).toContain('Menu. Mau apa?');
  });

  test('by a button is a flow that words start too, or that says so; a notice never', async () => {
    const known = await linked;
    expect(text(talkWith(known).play('[tap: f.linked.]'))).toContain('Lewat tautan.');
    expect(text(talkWith(known).play('[tap: f.pressed.]'))).toContain('Lewat tombol.');
    expect(text(talkWith(known).play('[tap: f.request.]'))).toContain('Nama usaha?');
    for (const flow of ['told', 'draft-expired', 'officer-message', 'case-notice'])
      expect(text(talkWith(known).play(`[tap: f.${flow}.x]`)), flow).toContain(system(known, 'stale'));
  });

  test('and a choice that points to a notice is a fault', async () => {
    const { faults } = await checkOf({
      'system/told.yaml': { flow: 'told', title: 'Kabar', steps: [{ end: 'said', text: 'Kabar.' }] },
      'system/shown.yaml': {
        flow: 'shown',
        title: 'Lihat',
        steps: [{ say: 'it', text: 'Ini.', choices: [{ text: 'Kabar', flow: 'told' }] }],
      },
    });
    expect(faults.map(({ what }) => what)).toContain(
      'the choice "Kabar" starts "told", which no button may start',
    );
  });
});

describe('a menu', () => {
  test('gives way to the name of a flow, though one of its words is a word of an option', async () => {
    const menu = {
      flow: 'menu',
      intent: 'sistem.menu',
      title: 'Menu',
      steps: [
        {
          choose: 'topic',
          text: 'Mau apa?',
          options: [
            { text: 'Surat & layanan', words: ['surat'], flow: 'status' },
            { text: 'Surat lain', words: ['sku lama'], flow: 'language' },
          ],
        },
      ],
    };
    const known = await flowsOf({ ...REQUEST, 'system/menu.yaml': menu });
    const answer = (line: string): string => {
      const talk = talkWith(known);
      talk.play('menu');
      return text(talk.play(line));
    };
    expect(answer('surat usaha')).toContain('Nama usaha?');
    expect(answer('surat')).toContain('Belum ada permohonan.');
    expect(answer('sku lama')).toContain('Bahasa.');
  });
});

describe('what is said of itself', () => {
  test('the first answer carries the first-contact card, of at most forty words, and blocks nothing', () => {
    const talk = talkWith(flows, 'first: yes');
    const said = text(talk.play('sku'));
    expect(said).toContain(system(flows, 'first_contact', { village: 'Kemiren' }));
    expect(said).toContain('Nama usaha?');
    const card = flows.system.first_contact.id!.source;
    expect(card.split(/\s+/u).length).toBeLessThanOrEqual(40);
    expect(text(talk.play('Warung Siti'))).not.toContain(
      system(flows, 'first_contact', { village: 'Kemiren' }),
    );
  });

  test('a notice comes on top of a question, which is asked again', async () => {
    const withNotice = await flowsOf({
      ...REQUEST,
      'services/case-notice.yaml': {
        flow: 'case-notice',
        title: 'Kabar',
        interrupts: true,
        steps: [{ end: 'told', text: '{code}: {event, select, taken {diambil {by}} other {kabar}}.' }],
      },
    });
    const talk = talkWith(withNotice);
    for (const line of ['sku', 'Warung Siti']) talk.play(line);
    const said = text(talk.play('[flow case-notice {"code":"K1","event":"taken","by":"Bu Sri"}]'));
    expect(said).toContain('< K1: diambil Bu Sri.');
    expect(said).toContain('Bidang apa?');
    expect(text(talk.play('toko'))).toContain('Sejak tahun?');
  });

  test('in a group there is no reply to what is written, but buttons work', () => {
    for (const person of ['resident Siti', 'officer Bu Sri']) {
      const talk = talkWith(flows, 'group: yes', `person: ${person}`);
      for (const line of ['sku', '/menu', 'menu', '[photo]']) expect(talk.play(line)).toEqual([]);
      expect(text(talk.play('[tap: w.menu]'))).toContain('Menu. Mau apa?');
    }
  });

  test('while a person has the word the bot is silent, but menu takes it back', () => {
    const talk = talkWith(flows);
    talk.play('petugas');
    expect(talk.play('saya mau tanya')).toEqual(['! hand_over {"reason":"message","text":"saya mau tanya"}']);
    expect(text(talk.play('menu'))).toContain('! end_hand_over');
    expect(text(talk.play('sku'))).toContain('Nama usaha?');
  });

  test('late messages get one apology, and their answers still count', () => {
    const talk = talkWith(flows);
    talk.play('sku');
    expect(text(talk.play('[late] Warung Siti'))).toContain(system(flows, 'late'));
    const second = text(talk.play('[late] toko'));
    expect(second).not.toContain(system(flows, 'late'));
    expect(second).toContain('Sejak tahun?');
  });
});

describe('what a flow needs', () => {
  const needy = flowsOf({
    'services/needy.yaml': {
      flow: 'needy',
      title: 'Surat',
      needs: 'active',
      understands: ['surat'],
      steps: [{ end: 'fine', text: 'Untuk desa {village}.' }],
    },
    'officer/desk.yaml': {
      flow: 'desk',
      title: 'Meja',
      for: 'officer',
      understands: ['meja'],
      steps: [{ end: 'fine', text: 'Halo {officer}.' }],
    },
  });

  test('the village is asked for first, and the flow goes on with it', async () => {
    const talk = talkWith(await needy, 'village: none');
    expect(text(talk.play('surat'))).toContain(`${system(flows, 'need_village')}\n\n  Desa mana?`);
    expect(text(talk.play('kemiren'))).toContain('Untuk desa Kemiren.');
  });

  test('of two villages with one name the person chooses', async () => {
    const talk = talkWith(await needy, 'village: none', 'channel: whatsapp');
    talk.play('surat');
    expect(text(talk.play('karangrejo'))).toContain(
      `1. Karangrejo, Kec. Wongsorejo\n  2. Karangrejo, Kec. Blimbingsari\n  3. ${system(flows, 'none_of_these')}`,
    );
    expect(text(talk.play('blimbingsari'))).toContain('Kantor Desa Karangrejo');
  });

  test('a village that nobody knows is told', async () => {
    const talk = talkWith(await needy, 'village: none');
    talk.play('surat');
    expect(text(talk.play('Atlantis'))).toContain(system(flows, 'hint_village_none', { text: 'Atlantis' }));
  });

  test('where the office takes no requests by chat its address and hours are told', async () => {
    const said = text(talkWith(await needy, 'village: Sumbersari').play('surat'));
    expect(said).toContain('Kantor Desa Sumbersari');
    expect(said).toContain('Senin–Kamis');
  });

  test('an office that was paused meanwhile is told before anything is sent to it', async () => {
    const wanting = structuredClone(REQUEST['services/request.yaml']) as object;
    const known = await flowsOf({ 'services/request.yaml': { ...wanting, needs: 'active' } });
    const talk = talkWith(known);
    for (const line of ['sku', 'Warung Siti', 'toko', '2019']) talk.play(line);
    const context = talk.world.context();
    const paused = { ...context, village: { ...context.village!, state: 'paused' as const } };
    const event = { kind: 'message', content: { kind: 'text', text: 'kirim' }, at: context.now } as const;
    const turn = advance(known, talk.session, event, paused);
    expect(turn.asks).toEqual([]);
    expect(JSON.stringify(turn.effects)).toContain('belum melayani lewat pesan');
    expect(turn.session.f).toBeUndefined();
  });

  test('a request that the office did not take any more is told, not given a number', async () => {
    const talk = talkWith(flows);
    for (const line of ['sku', 'Warung Siti', 'toko', '2019']) talk.play(line);
    talk.world.prepare(
      'open_case',
      { code: '', position: null, due: null, is_new: false, refused: 'not_active' },
      false,
    );
    const said = text(talk.play('kirim'));
    expect(said).toContain('belum melayani lewat pesan');
    expect(said).not.toContain('Diterima');
    expect(talk.session.f).toBeUndefined();
  });

  test('an officer’s flow is for officers', async () => {
    const known = await needy;
    expect(text(talkWith(known).play('[flow desk {}]'))).toBe(`< ${system(flows, 'officer_only')}`);
    expect(text(talkWith(known).play('meja'))).not.toContain('Halo');
    expect(text(talkWith(known, 'person: officer Bu Sri').play('meja'))).toBe('< Halo Bu Sri.');
  });
});

describe('sensitive answers', () => {
  const sealed = flowsOf({
    'health/child.yaml': {
      flow: 'child',
      title: 'Anak',
      understands: ['anak'],
      steps: [
        { ask: 'birth', text: 'Lahir kapan?', answer: { type: 'date', to: 'now' }, sensitive: true },
        { ask: 'rest', text: 'Lalu?', answer: { type: 'text' } },
        { end: 'told', text: 'Lahir {birth}.' },
      ],
    },
  });

  test('are sealed as they were sent, whatever was sent while their question waits', async () => {
    const known = await sealed;
    const talk = talkWith(known);
    talk.play('anak');
    const sent = (content: Content): boolean =>
      advance(known, talk.session, { kind: 'message', content, at: talk.world.now }, talk.world.context())
        .sealsInput ?? false;
    expect(sent({ kind: 'text', text: 'Budi, lahirnya lupa' })).toBe(true);
    expect(sent({ kind: 'text', text: 'anak saya kejang' })).toBe(true);
    expect(sent({ kind: 'edit', externalId: '1', text: 'Budi' })).toBe(true);
    expect(sent({ kind: 'text', text: '17/8/2025' })).toBe(true);
    talk.play('17/8/2025');
    expect(sent({ kind: 'text', text: 'sudah' })).toBe(false);
  });

  test('stand in the sealed bag alone, can be worded, and go when the flow ends', async () => {
    const talk = talkWith(await sealed);
    talk.play('anak');
    talk.play('17/8/2025');
    const { private: bag, ...open } = talk.session;
    expect(JSON.stringify(open)).not.toContain('2025-08-17');
    expect(bag).toEqual({ 'child.birth': '2025-08-17' });
    expect(text(talk.play('ya sudah'))).toBe('< Lahir 17 Agustus 2025.');
    expect(talk.session.private).toBeUndefined();
  });
});
