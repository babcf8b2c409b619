namespace Recurant.Tasks;

/// <summary>Captioners in the catalogue: a step of theirs cannot be made again, since images are not kept with it.</summary>
internal sealed class CaptionerEntry : TaskEntry<CaptionerModel>
{
    public override string Task => TaskNames.Caption;

    protected override TextTokens AnswerTokens(CaptionerModel model) => new PieceTokens(model.Target);
}
