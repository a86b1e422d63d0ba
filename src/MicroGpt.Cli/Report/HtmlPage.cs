using System.Net;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace MicroGpt.Cli.Report;

/// <summary>A report's Markdown as a page that needs nothing else: no script, no request, charts within it, for light, dark and paper.</summary>
internal static class HtmlPage
{
    private const string Style = """
        :root{color-scheme:light dark;--page:#f6f8fa;--card:#fff;--ink:#1f2328;--soft:#656d76;--edge:#d8dee4;--code:#f3f5f8;--accent:#2563eb}
        @media(prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--ink:#e6edf3;--soft:#9198a1;--edge:#30363d;--code:#0d1117;--accent:#60a5fa}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
        main{max-width:1080px;margin:0 auto;padding:2.5rem 1.25rem 4rem}
        h1{font-size:2.2rem;line-height:1.2;margin:0 0 .6rem;letter-spacing:-.02em;overflow-wrap:anywhere}
        h2{font-size:1.35rem;margin:2.6rem 0 .9rem;padding-top:1.4rem;border-top:1px solid var(--edge)}
        h3{font-size:1.05rem;margin:1.8rem 0 .6rem}
        p{margin:.5rem 0 1rem;color:var(--soft);overflow-wrap:anywhere}
        .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--edge);border-radius:10px;margin:1rem 0}
        table{border-collapse:collapse;width:100%;font-size:.93rem;font-variant-numeric:tabular-nums}
        th,td{padding:.5rem .9rem;text-align:right;border-bottom:1px solid var(--edge);vertical-align:top}
        th{font-weight:600;color:var(--soft);white-space:nowrap}
        td:first-child,th:first-child{text-align:left;white-space:nowrap}
        tbody tr:last-child td{border-bottom:0}
        td{white-space:nowrap}
        .words td,.words td:first-child,.words th{white-space:normal;text-align:left;min-width:9rem;max-width:24rem;overflow-wrap:anywhere}
        .wide td+td{white-space:normal;min-width:9rem;max-width:24rem;overflow-wrap:anywhere}
        .tiles{background:none;border:0;overflow:visible}
        .tiles dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(125px,1fr));gap:.8rem;margin:0}
        .tiles div{display:flex;flex-direction:column-reverse;justify-content:flex-end;background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:.8rem 1rem}
        .tiles dt{color:var(--soft);font-size:.82rem}
        .tiles dd{margin:0;font-size:1.3rem;font-weight:650;letter-spacing:-.01em}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr));gap:.9rem;margin:1rem 0}
        .charts svg{display:block;width:100%;height:auto;max-height:80vh;background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:.7rem}
        .charts:has(svg:only-child) svg{max-width:760px}
        pre{background:var(--card);border:1px solid var(--edge);border-left:3px solid var(--accent);border-radius:8px;padding:.8rem 1rem;margin:.4rem 0 1rem;white-space:pre-wrap;overflow-wrap:anywhere;font:.88rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;max-height:26rem;overflow-y:auto}
        @media(max-width:600px){main{padding:1.5rem .8rem 3rem}table{font-size:.82rem}th,td{padding:.4rem .55rem}.tiles dl{gap:.5rem;grid-template-columns:repeat(auto-fit,minmax(96px,1fr))}.tiles dd{font-size:1.1rem}.tiles div{padding:.6rem .7rem}}
        @media print{
        :root{color-scheme:light;--page:#fff;--card:#fff;--ink:#1f2328;--soft:#444;--edge:#ccc;--accent:#2563eb}
        main{max-width:none;padding:0}.scroll{overflow:visible}pre{max-height:none}table{font-size:.75rem}
        h2,h3{break-after:avoid}svg,pre,tr,.tiles div{break-inside:avoid}
        .charts{grid-template-columns:1fr 1fr}
        }
        """;

    private static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    /// <summary>The page.</summary>
    /// <param name="title">What it is about.</param>
    /// <param name="markdown">What it says.</param>
    /// <param name="charts">SVG by the names under which the text shows them.</param>
    public static string Render(string title, string markdown, IReadOnlyDictionary<string, string> charts)
    {
        var document = Markdown.Parse(markdown, s_pipeline);
        foreach (var paragraph in document.Descendants<ParagraphBlock>().ToArray())
            Insert(paragraph, charts);
        var tables = document.Descendants<Table>().ToArray();
        foreach (var table in tables)
        {
            var isTiles = table == tables[0] && table.Count == 2;
            Replace(table, isTiles ? Tiles(table) : $"<div class=\"scroll{Kind(table)}\">{Html(table)}</div>");
        }

        static string Kind(Table table) =>
            table.ColumnDefinitions[^1].Alignment != TableColumnAlign.Right ? " words" : table.Count > 12 ? " wide" : "";

        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>{WebUtility.HtmlEncode(Visible.Text(title))}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <main>
            {document.ToHtml(s_pipeline)}</main>
            </body>
            </html>

            """;
    }

    /// <summary>Charts are not loaded but put in.</summary>
    private static void Insert(ParagraphBlock paragraph, IReadOnlyDictionary<string, string> charts)
    {
        var images = paragraph.Inline!.Descendants<LinkInline>()
            .Where(link => link.IsImage && charts.ContainsKey(Uri.UnescapeDataString(link.Url ?? ""))).ToArray();
        if (images.Length > 0)
            Replace(paragraph, $"<div class=\"charts\">{string.Concat(images.Select(image => charts[Uri.UnescapeDataString(image.Url!)]))}</div>");
    }

    /// <summary>The first table is of single figures, which are read better as tiles than as a long line.</summary>
    private static string Tiles(Table table)
    {
        var cells = table.Cast<TableRow>().Select(row => row.Cast<TableCell>().Select(Text).ToArray()).ToArray();
        return $"<div class=\"tiles\"><dl>{string.Concat(cells[0].Zip(cells[1], (name, value) => $"<div><dt>{name}</dt><dd>{value}</dd></div>"))}</dl></div>";

        static string Text(TableCell cell) => WebUtility.HtmlEncode(string.Concat(cell.Descendants<LiteralInline>().Select(literal => literal.Content.ToString())));
    }

    private static string Html(Block block)
    {
        using var writer = new StringWriter();
        var renderer = new Markdig.Renderers.HtmlRenderer(writer);
        s_pipeline.Setup(renderer);
        renderer.Render(block);
        return writer.ToString();
    }

    private static void Replace(Block block, string html)
    {
        var parent = block.Parent!;
        var raw = new HtmlBlock(null) { Lines = new Markdig.Helpers.StringLineGroup(html) };
        parent[parent.IndexOf(block)] = raw;
    }
}
