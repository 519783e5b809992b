// Tables to take along: as Markdown and TSV for the clipboard, as CSV and as an Excel
// workbook. It is loaded when the reader asks for one.
//
//	grid(table, names)  what a table shows: rows of {text, num, head}; merged cells are
//	                    repeated, several rows of headings become one, lists are lines;
//	                    names spells out ids that stand alone in a cell
//	markdown(grid), tsv(grid), csv(grid)  as text
//	xlsx(sheets, title) a promise of the bytes of a workbook; a sheet is {name, rows,
//	                    table}, rows as from grid or rows of strings
riskguide.tables = (function () {
  "use strict";

  function shown(el) { return !el.hidden && getComputedStyle(el).display !== "none"; }

  // lines reads a cell: each entry of a list is a line. What is there for the eye only,
  // and controls, are left out; what is there for the ear only stays.
  function lines(cell, names) {
    var out = [""];
    function add(s) { out[out.length - 1] += s; }
    function walk(n) {
      if (n.nodeType === 3) {
        add(n.data.replace(/\s+/g, " "));
        return;
      }
      if (n.nodeType !== 1 || n.getAttribute("aria-hidden") === "true" || n.matches("button:not(.sort), svg, script, .here, .pick, .preview")) return;
      var own = n.matches("li, .sep, .v, .sum, p, div, dt, dd");
      if (n.nodeName === "BR" || own && out[out.length - 1].trim()) out.push("");
      if (names && n.matches("a.id") && names[n.textContent.trim()]) add(names[n.textContent.trim()]);
      else n.childNodes.forEach(walk);
      if (own) out.push("");
    }
    cell.childNodes.forEach(walk);
    return out.map(function (s) { return s.replace(/\s+/g, " ").trim(); }).filter(Boolean);
  }

  function grid(table, names) {
    var rows = Array.from(table.rows).filter(function (tr) { return !tr.hidden; });
    var cells = rows.map(function () { return []; });
    rows.forEach(function (tr, y) {
      var x = 0;
      Array.from(tr.cells).forEach(function (c) {
        if (!shown(c) && !c.matches(".none, .empty")) return;
        while (cells[y][x]) x++;
        var cell = { text: lines(c, names).join("\n"), num: c.matches(".num, .matrix td"), head: tr.parentNode.nodeName === "THEAD" };
        var down = Math.min(c.rowSpan || rows.length, rows.length - y);
        for (var i = 0; i < down && (i === 0 || rows[y + i].parentNode === tr.parentNode); i++) {
          for (var j = 0; j < c.colSpan; j++) cells[y + i][x + j] = cell;
        }
        x += c.colSpan;
      });
    });
    var width = Math.max.apply(null, cells.map(function (r) { return r.length; }));
    var heads = cells.filter(function (r) { return r[0] && r[0].head; });
    var rest = cells.filter(function (r) { return !(r[0] && r[0].head); });
    var head = [];
    for (var x = 0; x < width; x++) {
      var parts = [];
      heads.forEach(function (r) {
        var s = r[x] ? r[x].text.replace(/\n/g, " ") : "";
        if (s && parts[parts.length - 1] !== s) parts.push(s);
      });
      head.push({ text: parts.join(" / "), num: rest.length > 0 && !!rest[0][x] && rest[0][x].num, head: true });
    }
    return (heads.length ? [head] : []).concat(rest.map(function (r) {
      for (var x = 0; x < width; x++) r[x] = r[x] || { text: "", num: false, head: false };
      return r;
    }));
  }

  function markdown(rows) {
    function line(cells) { return "| " + cells.join(" | ") + " |\n"; }
    function cell(c) {
      return c.text.replace(/[\\`*_[\]<>|&]/g, "\\$&").replace(/\n/g, "<br>");
    }
    return rows.map(function (r, i) {
      var s = line(r.map(cell));
      return i ? s : s + line(r.map(function (c) { return c.num ? "--:" : "---"; }));
    }).join("");
  }

  // A spreadsheet reads a text that begins so as a formula.
  function harmless(s) { return /^[=+\-@\t\r]/.test(s) ? "'" + s : s; }

  function tsv(rows) {
    return rows.map(function (r) {
      return r.map(function (c) { return harmless(c.text.replace(/\n/g, "; ").replace(/\t/g, " ")); }).join("\t") + "\n";
    }).join("");
  }

  function csv(rows) {
    return "\ufeff" + rows.map(function (r) {
      return r.map(function (c) { return '"' + harmless(c.text.replace(/\n/g, "; ")).replace(/"/g, '""') + '"'; }).join(",") + "\r\n";
    }).join("");
  }

  // Workbooks

  function esc(s) {
    // What XML cannot hold is dropped; a cell of Excel holds 32,767 characters.
    return s.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "").slice(0, 32767)
      .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
  }
  function columnName(i) { return (i >= 26 ? columnName(Math.floor(i / 26) - 1) : "") + String.fromCharCode(65 + i % 26); }
  // A wide character takes about two places of a Latin one.
  function places(s) {
    var n = 0;
    for (var i = 0; i < s.length; i++) n += s.charCodeAt(i) > 0x2e7f ? 2 : 1;
    return n;
  }
  function sheetName(s, used) {
    var name = s.replace(/[\\/?*[\]:]/g, " ").replace(/^'+|'+$/g, "").trim().slice(0, 31) || "Sheet";
    while (used.indexOf(name.toLowerCase()) >= 0) name = name.slice(0, 29) + " " + (used.length + 1);
    used.push(name.toLowerCase());
    return name;
  }

  var head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  var main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  var office = "http://schemas.openxmlformats.org/officeDocument/2006/";

  // Styles: 0 plain, 1 heading, 2 text, 3 number.
  var styles = head + "<styleSheet " + main + '><fonts count="2"><font><sz val="10"/><name val="Yu Gothic"/></font><font><b/><sz val="10"/><name val="Yu Gothic"/></font></fonts>' +
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFDDEBEC"/><bgColor indexed="64"/></patternFill></fill></fills>' +
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left style="thin"><color rgb="FFB7B5AA"/></left><right style="thin"><color rgb="FFB7B5AA"/></right><top style="thin"><color rgb="FFB7B5AA"/></top><bottom style="thin"><color rgb="FFB7B5AA"/></bottom><diagonal/></border></borders>' +
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' +
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>' +
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>' +
    '<xf numFmtId="1" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment vertical="top"/></xf></cellXfs>' +
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';

  function sheet(s, first) {
    var rows = s.rows.map(function (r) {
      return r.map(function (c, x) { return typeof c === "string" ? { text: c, head: x === 0 } : c; });
    });
    var width = rows[0].length, last = columnName(width - 1) + rows.length;
    var cols = "";
    for (var x = 0; x < width; x++) {
      var most = 6;
      rows.forEach(function (r) { r[x].text.split("\n").forEach(function (l) { most = Math.max(most, places(l)); }); });
      cols += '<col min="' + (x + 1) + '" max="' + (x + 1) + '" width="' + (Math.min(most, 56) + 3) + '" customWidth="1"/>';
    }
    var data = rows.map(function (r, y) {
      return '<row r="' + (y + 1) + '">' + r.map(function (c, x) {
        var at = ' r="' + columnName(x) + (y + 1) + '"';
        // Only counts are numbers: all else is text, also what looks like a formula.
        if (c.num && /^\d{1,15}$/.test(c.text)) return "<c" + at + ' s="3"><v>' + (+c.text) + "</v></c>";
        return "<c" + at + ' s="' + (c.head ? 1 : 2) + '" t="inlineStr"><is><t xml:space="preserve">' + esc(c.text) + "</t></is></c>";
      }).join("") + "</row>";
    }).join("");
    return head + "<worksheet " + main + '><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:' + last + '"/>' +
      '<sheetViews><sheetView workbookViewId="0"' + (first ? ' tabSelected="1"' : "") + ">" +
      (s.table ? '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A2" sqref="A2"/>' : "") +
      '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>' + cols + "</cols><sheetData>" + data + "</sheetData>" +
      (s.table ? '<autoFilter ref="A1:' + last + '"/>' : "") +
      '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>';
  }

  function xlsx(sheets, title) {
    var used = [], names = sheets.map(function (s) { return sheetName(s.name, used); });
    var types = "", rels = "", list = "", defined = "";
    var files = [];
    sheets.forEach(function (s, i) {
      var n = i + 1, quoted = "'" + names[i].replace(/'/g, "''") + "'!";
      types += '<Override PartName="/xl/worksheets/sheet' + n + '.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>';
      rels += '<Relationship Id="rId' + n + '" Type="' + office + 'relationships/worksheet" Target="worksheets/sheet' + n + '.xml"/>';
      list += '<sheet name="' + esc(names[i]) + '" sheetId="' + n + '" r:id="rId' + n + '"/>';
      if (s.table) {
        var last = columnName(s.rows[0].length - 1);
        defined += '<definedName name="_xlnm._FilterDatabase" localSheetId="' + i + '" hidden="1">' + esc(quoted) + "$A$1:$" + last + "$" + s.rows.length + "</definedName>" +
          '<definedName name="_xlnm.Print_Titles" localSheetId="' + i + '">' + esc(quoted) + "$1:$1</definedName>";
      }
      files.push({ name: "xl/worksheets/sheet" + n + ".xml", text: sheet(s, i === 0) });
    });
    var n = sheets.length + 1;
    files.unshift(
      { name: "[Content_Types].xml", text: head + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>' + types + "</Types>" },
      { name: "_rels/.rels", text: head + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="' + office + 'relationships/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>' },
      { name: "docProps/core.xml", text: head + '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>' + esc(title) + "</dc:title></cp:coreProperties>" },
      { name: "xl/workbook.xml", text: head + "<workbook " + main + ' xmlns:r="' + office + 'relationships"><bookViews><workbookView activeTab="0"/></bookViews><sheets>' + list + "</sheets>" + (defined ? "<definedNames>" + defined + "</definedNames>" : "") + "</workbook>" },
      { name: "xl/_rels/workbook.xml.rels", text: head + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + rels + '<Relationship Id="rId' + n + '" Type="' + office + 'relationships/styles" Target="styles.xml"/></Relationships>' },
      { name: "xl/styles.xml", text: styles });
    return zip(files);
  }

  var crcTable;
  function crc(data) {
    if (!crcTable) {
      crcTable = new Uint32Array(256);
      for (var n = 0; n < 256; n++) {
        var c = n;
        for (var k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ c >>> 1 : c >>> 1;
        crcTable[n] = c;
      }
    }
    var r = 0xffffffff;
    for (var i = 0; i < data.length; i++) r = crcTable[(r ^ data[i]) & 255] ^ r >>> 8;
    return (r ^ 0xffffffff) >>> 0;
  }

  function deflate(data) {
    if (typeof CompressionStream === "undefined") return Promise.resolve(null);
    try {
      var stream = new Blob([data]).stream().pipeThrough(new CompressionStream("deflate-raw"));
      return new Response(stream).arrayBuffer().then(function (b) { return new Uint8Array(b); });
    } catch (e) {
      return Promise.resolve(null); // an older browser: stored as it is
    }
  }

  // zip packs files; all have the first date that the format knows.
  function zip(files) {
    var encoder = new TextEncoder();
    return Promise.all(files.map(function (f) {
      var data = encoder.encode(f.text);
      return deflate(data).then(function (packed) { return { name: encoder.encode(f.name), data: data, packed: packed }; });
    })).then(function (parts) {
      var out = [], directory = [], at = 0, size = 0;
      parts.forEach(function (p) {
        var body = p.packed || p.data;
        function header(central) {
          var h = new DataView(new ArrayBuffer(central ? 46 : 30)), o = central ? 2 : 0;
          h.setUint32(0, central ? 0x02014b50 : 0x04034b50, true);
          if (central) h.setUint16(4, 20, true);
          h.setUint16(4 + o, 20, true);
          h.setUint16(6 + o, 0x800, true); // names are UTF-8
          h.setUint16(8 + o, p.packed ? 8 : 0, true);
          h.setUint16(12 + o, 0x21, true); // 1 January 1980
          h.setUint32(14 + o, crc(p.data), true);
          h.setUint32(18 + o, body.length, true);
          h.setUint32(22 + o, p.data.length, true);
          h.setUint16(26 + o, p.name.length, true);
          if (central) h.setUint32(42, at, true);
          return new Uint8Array(h.buffer);
        }
        var entry = header(true);
        directory.push(entry, p.name);
        size += entry.length + p.name.length;
        var local = header(false);
        out.push(local, p.name, body);
        at += local.length + p.name.length + body.length;
      });
      var end = new DataView(new ArrayBuffer(22));
      end.setUint32(0, 0x06054b50, true);
      end.setUint16(8, parts.length, true);
      end.setUint16(10, parts.length, true);
      end.setUint32(12, size, true);
      end.setUint32(16, at, true);
      var all = out.concat(directory, [new Uint8Array(end.buffer)]);
      var whole = new Uint8Array(at + size + 22), pos = 0;
      all.forEach(function (a) { whole.set(a, pos); pos += a.length; });
      return whole;
    });
  }

  return { grid: grid, markdown: markdown, tsv: tsv, csv: csv, xlsx: xlsx };
}());
