/** Two transactions stood in each other's way: the same work succeeds at once when tried again. */
export function isCollision(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === '40P01' || code === '40001' || code === '55P03';
}
