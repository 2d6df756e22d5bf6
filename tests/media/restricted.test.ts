import { expect, test } from 'vitest';
import { isRestricted } from '../../src/core/restricted.js';

test.each([
  ['a photo that no question asked for', { isAskedFor: false }, true],
  ['an answer to a question', { isAskedFor: true }, false],
  [
    'an answer with harmless words',
    { isAskedFor: true, caption: 'foto warung saya', name: 'IMG_1.jpg', item: 'photo' },
    false,
  ],
  ['a caption that says KTP', { isAskedFor: true, caption: 'ini KTP saya' }, true],
  ['a caption that says e-KTP', { isAskedFor: true, caption: 'E-KTP' }, true],
  ['a caption that says kartu keluarga', { isAskedFor: true, caption: 'foto kartu  keluarga' }, true],
  ['a file named so', { isAskedFor: true, name: 'scan_KK_2024.pdf' }, true],
  ['an item that is one', { isAskedFor: true, item: 'ktp' }, true],
  ['words that only contain the letters', { isAskedFor: true, caption: 'simpan, nikmat, pakkades' }, false],
] as const)('%s', (_, file, expected) => expect(isRestricted(file)).toBe(expected));
