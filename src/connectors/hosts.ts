/** Whether a host is in a list of names; a name that starts with `*.` stands for all hosts below it, not for itself. */
export function hostAllowed(host: string, names: readonly string[]): boolean {
  const wanted = host.toLowerCase();
  return names.some((name) => {
    const allowed = name.toLowerCase();
    return allowed.startsWith('*.')
      ? wanted.endsWith(allowed.slice(1)) && wanted.length > allowed.length - 1
      : wanted === allowed;
  });
}
