using System.Text;
using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>The explanation of a translation or of the sentence of an image.</summary>
internal sealed class DecoderView(DecoderExplanation explanation, string? source) : ExplanationView<DecoderExplanation>(
    explanation, ExplanationPage.Of)
{
    private const int WidestPiece = 16;

    public override IEnumerable<string> Lines(UserTerminal terminal)
    {
        if (source is not null) yield return TextLayout.OneLine(source);
        yield return Effects.Strong(TextLayout.OneLine(Explanation.Text), terminal.HasColour);
        yield return "";
        foreach (string line in Explanation.StripsAcross > 0 ? Image() : Grid(Math.Min(80, terminal.Width))) yield return line;
        yield return "";
    }

    /// <summary>A row a piece, a column a piece of the source; as many columns at a time as there is room for.</summary>
    private IEnumerable<string> Grid(int room)
    {
        int width =
            Math.Clamp(Explanation.Pieces.Select(piece => Shown(piece.Piece).Length).DefaultIfEmpty(4).Max(), 4, WidestPiece);
        int together = Math.Max(4, (room - width - 9) / 3);
        yield return "attention (a digit is tenths, # all of it); ! marks a source token without which p halves";
        for (int first = 0; first < Explanation.Source.Count; first += together)
        {
            int count = Math.Min(together, Explanation.Source.Count - first);
            for (int s = 0; s < count; s++)
            {
                string lines = string.Concat(Enumerable.Repeat("|  ", s));
                yield return $"{new string(' ', width)}  {"",5}  {lines}{Shown(Explanation.Source[first + s])}";
            }

            foreach (PieceEffect piece in Explanation.Pieces)
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
        int across = Explanation.StripsAcross, down = Explanation.Source.Count / across;
        foreach (PieceEffect piece in Explanation.Pieces)
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

    public override void WriteJson(Utf8JsonWriter writer)
    {
        writer.Write(("source", source), ("text", Explanation.Text));
        writer.WriteStrings("source_pieces", Explanation.Source);
        if (Explanation.StripsAcross > 0) writer.WriteNumber("strips_across", Explanation.StripsAcross);
        writer.WriteObjects("pieces", Explanation.Pieces, piece =>
        {
            writer.Write(("piece", piece.Piece), ("probability", piece.Probability));
            writer.WriteNumbers("attention", piece.Attention);
            writer.WriteNumbers("influence", piece.Influence);
        });
    }
}
