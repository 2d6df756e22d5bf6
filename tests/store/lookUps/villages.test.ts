import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Asker } from '../../../src/core/asker.js';
import { aStage, type Stage } from '../../effects/stage.js';

let stage: Stage;
let siti: Asker;
beforeAll(async () => {
  stage = await aStage();
  await stage.clear();
  siti = await stage.aResident();
});
afterAll(() => stage.close());

async function find(text: string, district?: string): Promise<{ exact: boolean; names: string[] }> {
  const found = await stage.look(siti, 'find_village', {
    text,
    ...(district === undefined ? {} : { district }),
  });
  expect(found.count).toBe(found.items.length);
  return { exact: found.exact, names: found.items.map((item) => `${item.name}, ${item.district}`) };
}

describe('find_village', () => {
  test.each([
    ['Genteng Wetan', 'Genteng Wetan, Genteng'],
    ['gentengwetan', 'Genteng Wetan, Genteng'],
    ['  DESA   genteng   WETAN ', 'Genteng Wetan, Genteng'],
    ['ds. gintangan', 'Gintangan, Blimbingsari'],
    ['kel. penganjuran', 'Penganjuran, Banyuwangi'],
    ['genteng wetan kec. genteng', 'Genteng Wetan, Genteng'],
    ['karangrejo kecamatan blimbingsari', 'Karangrejo, Blimbingsari'],
    ['tamansari licin', 'Tamansari, Licin'],
  ])('%j is exactly %s', async (text, village) => {
    expect(await find(text)).toEqual({ exact: true, names: [village] });
  });

  test.each([
    ['gentng wetan', 'Genteng Wetan, Genteng'],
    ['genteng weten', 'Genteng Wetan, Genteng'],
    ['gintagan', 'Gintangan, Blimbingsari'],
    ['gntngan', 'Gintangan, Blimbingsari'],
  ])('%j is near to %s, and doubtful', async (text, village) => {
    const found = await find(text);
    expect(found.exact).toBe(false);
    expect(found.names).toContain(village);
    expect(found.names[0]).toBe(village);
  });

  test.each(['Karangrejo', 'Watukebo', 'Tamansari'])(
    '%s exists twice, and the kecamatan decides',
    async (name) => {
      const both = await find(name);
      expect(both.exact).toBe(true);
      expect(both.names).toHaveLength(2);
      const district = both.names[1]!.split(', ')[1]!;
      expect(await find(name, district)).toEqual({ exact: true, names: [both.names[1]] });
      expect(await find(name, `${district.toLowerCase()}x`)).toEqual({ exact: true, names: [both.names[1]] });
      expect((await find(name, 'Jakarta')).names).toEqual([]);
    },
  );

  test.each(['', '   ', '123', 'desa', 'x', 'xy', 'New York', 'saya mau surat', '😀'])(
    '%j is no village',
    async (text) => {
      expect(await find(text)).toEqual({ exact: false, names: [] });
    },
  );

  test('at most five are offered', async () => {
    const { names } = await find('sumberejo');
    expect(names.length).toBeLessThanOrEqual(5);
    expect(names.length).toBeGreaterThan(0);
  });

  test('every village of the register is found by its own name and kecamatan', async () => {
    const { lookUps } = await import('../../../src/store/lookUps/index.js');
    const all = await stage.rows<{ id: string; name: string; district: string }>(
      'SELECT v.id, v.name, d.name AS district FROM villages v JOIN districts d ON d.code = v.district_code',
    );
    expect(all).toHaveLength(217);
    const requests = all.map(({ name, district }) => ({ asker: siti, args: { text: name, district } }));
    const results = await lookUps.find_village(stage.pool, requests, stage.context());
    const wrong = all.filter((village, n) => results[n]!.items[0]?.id !== village.id || !results[n]!.exact);
    expect(wrong).toEqual([]);
  });
});
