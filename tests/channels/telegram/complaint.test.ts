import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../../standins/botApi.js';
import { complaintStory, type StoryPhone } from '../complaintStory.js';
import { aGateway, VILLAGE, type Gateway } from './gateway.js';

/** The same story by both roads that updates take: the real telegraf and all roles before a stand-in Bot API. */
describe.each([
  ['by long poll', false],
  ['by webhook', true],
])('a complaint with photo and place, %s', (_, webhook) => {
  let gateway: Gateway;
  let slamet: Person;
  beforeAll(async () => {
    gateway = await aGateway({ webhook });
    slamet = await gateway.anOfficer(902, 'Pak Slamet', 'sekretaris');
  }, 120_000);
  afterAll(() => gateway?.stop());

  test('becomes one case, which an officer asks about and finishes', async () => {
    await complaintStory({
      resident: phoneOf(gateway.bot.person(41, 'Siti')),
      officer: phoneOf(slamet),
      pool: gateway.pool,
      village: VILLAGE,
      officerName: 'Pak Slamet',
    });
    expect(await gateway.bot.webhook()).toEqual(
      webhook ? expect.stringContaining('/telegram/webhook') : null,
    );
    expect(await gateway.bot.waiting()).toBe(0);
  });
});

function phoneOf(person: Person): StoryPhone {
  return {
    writes: (text) => person.writes(text),
    answers: (label) => person.taps(label),
    sendsPhoto: (bytes, caption) => person.sendsPhoto(bytes, caption === undefined ? {} : { caption }),
    sharesLocation: (latitude, longitude) => person.sharesLocation(latitude, longitude),
    sees: () => person.hears(),
  };
}
