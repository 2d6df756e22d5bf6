/** A line's id is that of the number at Meta, not the number itself. */
export function cloudLine(phoneNumberId: string): string {
  return `whatsapp-cloud:${phoneNumberId}`;
}
