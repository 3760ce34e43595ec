/** The addresses of proxies whose word about their users is trusted: `10.0.0.0/8, 192.0.2.7, fd00::/8`. */
import { BlockList, isIP } from 'node:net';

export type Proxies = (address: string) => boolean;

/** Undefined if one of the addresses or networks is none. */
export function readProxies(networks: readonly string[]): Proxies | undefined {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits, ...rest] = network.split('/');
    const version = isIP(address);
    const longest = version === 4 ? 32 : 128;
    const length = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (version === 0 || rest.length > 0 || !(length >= 1 && length <= longest)) return undefined;
    list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
  }
  return (from) => {
    const address = plainAddress(from);
    return isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  };
}

/** An IPv4 address as IPv4 also where a socket for both writes `::ffff:192.0.2.7`. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
