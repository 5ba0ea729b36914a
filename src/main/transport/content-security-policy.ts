/** What the page may load and do, the same in the window and in a browser. */
const DIRECTIVES = [
  "default-src 'none'",
  "script-src 'self'",
  // Positions and sizes are written as style attributes by the virtual lists and charts.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
]

/** @param pictures the extra source of pictures: `page:` in the window, nothing in a browser, where they are our own */
export function contentSecurityPolicy(pictures: 'page:' | null): string {
  const own = pictures === null ? "'self'" : `'self' ${pictures}`
  return [...DIRECTIVES, `img-src ${own} blob: data:`, `connect-src ${own}`].join('; ')
}

/** Sent with every reply in both. */
export function securityHeaders(pictures: 'page:' | null): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(pictures),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=()',
  }
}
