/** What a resident types in the bench: menu, service, letter, name, a wrong then a right number, address, confirm. */
export const EIGHT_TURNS = [
  'menu',
  '1',
  '1',
  'Warung Bu Siti',
  'sembilan',
  '2019',
  'Dusun Krajan RT 03 RW 01',
  '1',
];
