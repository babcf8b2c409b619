using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Recurant.Tasks;

/// <summary>
/// A plan as short texts, one for each of its numbers and choices, made from its record: a property that is added to a plan or to
/// a specification belongs to the identity of a run without being listed anywhere.
/// </summary>
internal static class PlanText
{
    private const string Specification = "Spec.";

    /// <summary>The members, in the order of the record, such as ("Dropout.Output", "0.5").</summary>
    public static IEnumerable<(string Name, string Value)> Of<T>(T plan, JsonTypeInfo<T> type) =>
        Flat(JsonSerializer.SerializeToElement(plan, type), "");

    private static IEnumerable<(string Name, string Value)> Flat(JsonElement members, string path)
    {
        foreach (JsonProperty member in members.EnumerateObject())
        {
            string name = path + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach ((string, string) inner in Flat(member.Value, name + ".")) yield return inner;
                continue;
            }

            yield return (name.StartsWith(Specification, StringComparison.Ordinal) ? name[Specification.Length..] : name,
                member.Value.ToString());
        }
    }
}

/// <summary>Writes plans; what does not decide the bits of a run is marked with [JsonIgnore] in their records.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization, IgnoreReadOnlyProperties = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TrainingPlan))]
[JsonSerializable(typeof(TaggerPlan))]
[JsonSerializable(typeof(TranslatorPlan))]
[JsonSerializable(typeof(LanguageModelPlan))]
[JsonSerializable(typeof(ForecastPlan))]
[JsonSerializable(typeof(SequencePlan))]
[JsonSerializable(typeof(NotesPlan))]
[JsonSerializable(typeof(SpeechPlan))]
[JsonSerializable(typeof(LearningPlan))]
[JsonSerializable(typeof(Layers.DropoutPlan))]
internal sealed partial class PlanContext : JsonSerializerContext;
