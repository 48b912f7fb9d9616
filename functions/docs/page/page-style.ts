/** The page's only style. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8884; --dim: #777; --accent: #0969da; }
@media (prefers-color-scheme: dark) { :root { --dim: #999; --accent: #58a6ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 19rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem; border-right: 1px solid var(--line); font-size: .875rem; }
nav ul { list-style: none; padding: 0; margin: 0 0 1rem; }
nav li { margin: .15rem 0; }
main { padding: 1.5rem 2.5rem 6rem; max-width: 62rem; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
h1 { margin-top: 0; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin-bottom: .25rem; }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
pre { padding: .75rem 1rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px; }
.method { display: inline-block; min-width: 4.5em; font-weight: 600; color: var(--accent); }
.dim { color: var(--dim); }
.fields { list-style: none; margin: .25rem 0; padding-left: 1rem; border-left: 2px solid var(--line); }
.fields li { margin: .25rem 0; }
details { margin: .25rem 0; }
summary { cursor: pointer; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1.5rem; } }
`;
