namespace Recurant.Tasks;

/// <summary>Lessons with the weights of a classifier.</summary>
public static class ClassifierLesson
{
    extension(Lesson)
    {
        /// <summary>A lesson with the weights of a saved classifier.</summary>
        /// <param name="model">
        /// The classifier; recurrent, with Elman, LSTM or GRU cells, without characters, and no average of models. What direct
        /// connections add for this text is a constant that joins the output's bias.
        /// </param>
        /// <param name="text">The sentence; 1 to 64 words.</param>
        /// <param name="options">The right answer, the step, and how much is shown; null for the defaults.</param>
        /// <exception cref="ArgumentException">
        /// The model is of another kind, an option is out of range, or the text has no words or too many.
        /// </exception>
        public static Lesson Of(ClassifierModel model, string text, LessonOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(text);
            options ??= new LessonOptions();
            options.Validate();
            CheckFits(model.Spec);
            IReadOnlyList<string> pieces =
                TextEncoder.MakeTokenizer(model.Spec.Unit, model.Spec.Lowercase).Tokenize(text);
            return Lesson.Of(
                GradientAudit.SubjectOf(model.Spec, model.Network.Recurrent!),
                new LessonText(text, model.Encoder.Encode(text), pieces, model.Vocabulary, model.Labels, model.Summary), options);
        }
    }

    private static void CheckFits(ClassifierSpec spec)
    {
        if (spec.Model != ModelKind.Recurrent || spec.Recurrent.Cell is not (CellKind.Elman or CellKind.Lstm or CellKind.Gru))
        {
            throw new ArgumentException($"A lesson shows Elman, LSTM and GRU networks; this model is: {spec.Summary}.");
        }

        if (spec.Models > 1 || spec.CharacterSize > 0)
        {
            throw new ArgumentException(
                $"A lesson shows one network over words; this model averages several or reads characters: {spec.Summary}.");
        }
    }
}
