/** What a browser calls itself, in words. Pure. */

const first = (text: string, list: [RegExp, string][]): string | null => {
  for (const [pattern, name] of list) {
    const match = pattern.exec(text);
    if (match) return match[1] ? `${name} ${match[1]}` : name;
  }
  return null;
};

/** Most claim to be several; the first that fits is meant. */
const PROGRAMS: [RegExp, string][] = [
  [/MicroMessenger\/(\d+)/, 'WeChat'],
  [/Edg\w*\/(\d+)/, 'Edge'],
  [/OPR\/(\d+)/, 'Opera'],
  [/Firefox\/(\d+)/, 'Firefox'],
  [/(?:Headless)?Chrome\/(\d+)/, 'Chrome'],
  [/Version\/(\d+)[\d.]* .*Safari/, 'Safari'],
  [/^curl\/([\d.]+)/, 'curl'],
];
const SYSTEMS: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/HarmonyOS/, 'HarmonyOS'],
  [/Windows/, 'Windows'],
  [/Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** "Chrome 140 · Windows"; what is not known is told as it is, shortened. */
export function agentName(agent: string | null): string {
  if (!agent) return '';
  const parts = [first(agent, PROGRAMS), first(agent, SYSTEMS)].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(' · ') : agent.slice(0, 60);
}
