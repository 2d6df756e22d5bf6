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

  describe('on a line that serves some villages', () => {
    const served = ['35.10.25.2004', '35.10.09.2002'];
    beforeAll(async () => {
      for (const village of served)
        await stage.pool.query('INSERT INTO line_villages (line_id, village_id) VALUES ($1, $2)', [
          siti.lineId,
          village,
        ]);
    });
    afterAll(() => stage.pool.query('DELETE FROM line_villages'));

    test('those are found as always', async () => {
      expect(await find('ds. gintangan')).toEqual({ exact: true, names: ['Gintangan, Blimbingsari'] });
      expect((await find('gntngan')).names).toEqual(['Gintangan, Blimbingsari']);
    });

    test.each(['Penganjuran', 'New York', ''])(
      '%j is none of them: all of them are offered',
      async (text) => {
        expect(await find(text)).toEqual({
          exact: false,
          names: ['Genteng Wetan, Genteng', 'Gintangan, Blimbingsari'],
        });
      },
    );

    test('another line goes on finding every village', async () => {
      const other = await stage.aResident({ platform: 'whatsapp' });
      expect(other.lineId).not.toBe(siti.lineId);
      const found = await stage.look(other, 'find_village', { text: 'Penganjuran' });
      expect(found).toMatchObject({ exact: true, count: 1 });
    });

    test('where they are many, none is offered', async () => {
      await stage.pool.query(
        `INSERT INTO line_villages (line_id, village_id) SELECT $1, id FROM villages ORDER BY id LIMIT 6 ON CONFLICT DO NOTHING`,
        [siti.lineId],
      );
      expect((await find('New York')).names).toEqual([]);
    });
  });

  test('a line of one village finds no other', async () => {
    await stage.pool.query(`UPDATE lines SET village_id = '35.10.25.2004' WHERE id = $1`, [siti.lineId]);
    expect((await find('Penganjuran')).names).toEqual(['Gintangan, Blimbingsari']);
    await stage.pool.query('UPDATE lines SET village_id = NULL');
  });
});
