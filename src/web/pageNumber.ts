/** `?halaman=2`: from 1 to `most`; the first where it is no number. */
export function pageNumber(text: string | undefined, most: number): number {
  return Math.min(Math.max(Math.trunc(Number(text ?? '1')) || 1, 1), most);
}
