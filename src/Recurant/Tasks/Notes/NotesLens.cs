namespace Recurant.Tasks;

/// <content>Models of music.</content>
public static partial class GradientLens
{
    private static readonly LensRemedy s_ofMusic = new(
        LensRemedy.Bias, "Or learn from shorter pieces.", "shorter pieces help as well");

    /// <summary>Looks at a model of music on the first pieces of some data.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The pieces.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">A piece has a note that the model does not know.</exception>
    public static LensResult Look(NotesModel model, NoteDataset data, LensOptions? options = null) =>
        Look(model, data, options, (copy, all, given) =>
        {
            NotePiece[] first = LensSubject.First(all.Pieces, given, "pieces", nameof(data));
            var pieces = new NotePieces(all.Name, first, copy.Spec);
            var pass = new Pass(threads: given.Threads);
            var (x, y) = (new SequenceBatch(), new SequenceBatch());
            return PassLens.Subject(copy, copy.Network, pass, first.Length, s_ofMusic, given, () =>
            {
                pieces.Fill(0, first.Length, x, y);
                pass.Begin(PassKind.Gradients);
                return pass.Loss(copy.Network.Forward(pass, x, y), y, Loss.Bernoulli) * copy.Spec.Notes;
            });
        });
}
