using System.Text;
using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>The explanation of a translation or of the sentence of an image.</summary>
internal sealed class DecoderView(DecoderExplanation explanation, string? source) : IExplanationView
{
    private const int WidestPiece = 16;

    private DecoderExplanation Explanation => explanation;

    public IEnumerable<string> Lines(UserTerminal terminal)
    {
        if (source is not null) yield return TextLayout.OneLine(source);
        yield return Effects.Strong(TextLayout.OneLine(explanation.Text), terminal.HasColour);
        yield return "";
        foreach (string line in explanation.StripsAcross > 0 ? Image() : Grid(Math.Min(80, terminal.Width))) yield return line;
        yield return "";
    }

    /// <summary>A row a piece, a column a piece of the source; as many columns at a time as there is room for.</summary>
    private IEnumerable<string> Grid(int room)
    {
        int width =
            Math.Clamp(explanation.Pieces.Select(piece => Shown(piece.Piece).Length).DefaultIfEmpty(4).Max(), 4, WidestPiece);
        int together = Math.Max(4, (room - width - 9) / 3);
        yield return "attention (a digit is tenths, # all of it); ! marks a source token without which p halves";
        for (int first = 0; first < explanation.Source.Count; first += together)
        {
            int count = Math.Min(together, explanation.Source.Count - first);
            for (int s = 0; s < count; s++)
            {
                string lines = string.Concat(Enumerable.Repeat("|  ", s));
                yield return $"{new string(' ', width)}  {"",5}  {lines}{Shown(explanation.Source[first + s])}";
            }

            foreach (PieceEffect piece in explanation.Pieces)
            {
                var line = new StringBuilder($"{Effects.Cell(Shown(piece.Piece), width)}  {Effects.Three(piece.Probability)}  ");
                for (int s = first; s < first + count; s++)
                {
                    int tenths = (int)Math.Round(piece.Attention[s] * 10);
                    line.Append(tenths == 0 ? '.' : tenths >= 10 ? '#' : (char)('0' + tenths));
                    line.Append(piece.Influence[s] >= Math.Log(2) ? '!' : ' ').Append(' ');
                }

                yield return line.ToString().TrimEnd();
            }

            yield return "";
        }
    }

    /// <summary>The pieces with a small picture each of where in the image it looked.</summary>
    private IEnumerable<string> Image()
    {
        int across = explanation.StripsAcross, down = explanation.Source.Count / across;
        foreach (PieceEffect piece in explanation.Pieces)
        {
            yield return $"{Shown(piece.Piece)}  {Effects.Three(piece.Probability)}";
            double largest = piece.Attention.Max();
            for (int row = 0; row < down; row++)
            {
                IEnumerable<char> shades = piece.Attention.Skip(row * across).Take(across)
                    .Select(a => Effects.Shade(a / largest));
                yield return $"  |{string.Concat(shades)}|";
            }
        }
    }

    private static string Shown(string piece) => TextLayout.OneLine(piece);

    public void WriteJson(Utf8JsonWriter writer)
    {
        if (source is not null) writer.WriteString("source", source);
        writer.WriteString("text", explanation.Text);
        writer.WriteStrings("source_pieces", explanation.Source);
        if (explanation.StripsAcross > 0) writer.WriteNumber("strips_across", explanation.StripsAcross);
        writer.WriteObjects("pieces", explanation.Pieces, piece =>
        {
            writer.WriteString("piece", piece.Piece);
            writer.WriteNumber("probability", piece.Probability);
            writer.WriteNumbers("attention", piece.Attention);
            writer.WriteNumbers("influence", piece.Influence);
        });
    }

    public string Page(IReadOnlyList<IExplanationView> all, string model) =>
        ExplanationPage.Of([.. all.Cast<DecoderView>().Select(view => view.Explanation)], model);
}
