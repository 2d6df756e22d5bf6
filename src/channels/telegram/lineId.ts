/** A line's id is the bot's, so that another bot is another line. */
export function telegramLine(token: string): string {
  return `telegram:${token.split(':')[0]!}`;
}
