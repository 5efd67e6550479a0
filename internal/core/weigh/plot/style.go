package plot

// style is all that the elements look like. A picture in a page follows the reader's choice of light or dark.
const style = `
.paper{fill:#ffffff}.card{fill:#f6f8fa;stroke:#d0d7de}.card.doubted{stroke:#bf8700;stroke-width:1.6}.band{fill:#54aeff;fill-opacity:.16}.later{fill:#afb8c1;fill-opacity:.14}
.grid{stroke:#d0d7de;stroke-width:.7}.door{stroke:#0969da;stroke-width:1;stroke-dasharray:2 2}
.read{fill:none;stroke:#8c959f;stroke-width:1}.dots{fill:none;stroke:#6e7781;stroke-width:3.2;stroke-linecap:round}.level{fill:none;stroke:#0969da;stroke-width:3;stroke-linecap:round}
.verdict{stroke:#8250df;stroke-width:1.4;stroke-dasharray:5 3}.next{stroke:#bf3989;stroke-width:1.2;stroke-dasharray:1 3}
.off{stroke:#cf222e;stroke-width:1.6;fill:none}.on{stroke:#1a7f37;stroke-width:1.6;fill:none}
text{font:12px system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;fill:#1f2328}
.title{font-size:19px;font-weight:600}.name{font-size:13px;font-weight:600}.soft{fill:#57606a}.small{font-size:10px;fill:#57606a}
.took{fill:#cf222e;font-weight:600}.back{fill:#1a7f37;font-weight:600}.judged{fill:#8250df}.note{fill:#9a6700}
.charge{fill:#cf222e}.no_charge{fill:#1a7f37}.review{fill:#bf8700}.badge{font-weight:600;fill:#ffffff}
.halo{paint-order:stroke;stroke:#f6f8fa;stroke-width:3px;stroke-linejoin:round}
@media(prefers-color-scheme:dark){
.paper{fill:#0d1117}.card{fill:#161b22;stroke:#30363d}.card.doubted{stroke:#d29922}.band{fill:#388bfd;fill-opacity:.2}.later{fill:#6e7681;fill-opacity:.2}
.grid{stroke:#30363d}.door{stroke:#58a6ff}.read{stroke:#6e7681}.dots{stroke:#8b949e}.level{stroke:#58a6ff}
.verdict{stroke:#bc8cff}.next{stroke:#f778ba}.off{stroke:#ff7b72}.on{stroke:#3fb950}
text{fill:#e6edf3}.soft,.small{fill:#9da7b3}.took{fill:#ff7b72}.back{fill:#3fb950}.judged{fill:#bc8cff}.note{fill:#d29922}
.badge{fill:#ffffff}.halo{stroke:#161b22}}
`
