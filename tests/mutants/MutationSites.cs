using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Recurant.Mutants;

/// <summary>A place where the program may be changed: an operator or a constant, and what would stand there instead.</summary>
/// <param name="File">The file, below the repository's root.</param>
/// <param name="Node">The expression.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Changed">What would stand there.</param>
internal sealed record MutationSite(string File, ExpressionSyntax Node, int Line, string Changed)
{
    public override string ToString() => $"{File}:{Line}: {Node} -> {Changed}";
}

/// <summary>Finds the places of a file.</summary>
internal static class MutationSites
{
    private static readonly Dictionary<SyntaxKind, string> s_operators = new()
    {
        [SyntaxKind.AddExpression] = "-", [SyntaxKind.SubtractExpression] = "+", [SyntaxKind.MultiplyExpression] = "/",
        [SyntaxKind.DivideExpression] = "*", [SyntaxKind.ModuloExpression] = "/", [SyntaxKind.LessThanExpression] = "<=",
        [SyntaxKind.LessThanOrEqualExpression] = "<", [SyntaxKind.GreaterThanExpression] = ">=",
        [SyntaxKind.GreaterThanOrEqualExpression] = ">", [SyntaxKind.EqualsExpression] = "!=",
        [SyntaxKind.NotEqualsExpression] = "==", [SyntaxKind.LogicalAndExpression] = "||", [SyntaxKind.LogicalOrExpression] =
            "&&",
    };

    /// <summary>All places that can be changed without a fault of compilation.</summary>
    public static IEnumerable<MutationSite> Of(string file, SyntaxNode root, SemanticModel model)
    {
        foreach (ExpressionSyntax node in root.DescendantNodes().OfType<ExpressionSyntax>())
        {
            if (IsConstant(node) || ChangedOf(node, model) is not { } changed) continue;
            yield return new MutationSite(file, node, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1, changed);
        }
    }

    private static string? ChangedOf(ExpressionSyntax node, SemanticModel model)
    {
        if (node is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NumericLiteralExpression } literal)
        {
            TypeInfo type = model.GetTypeInfo(literal);
            bool isPlain = IsNumber(type.Type) && SymbolEqualityComparer.Default.Equals(type.Type, type.ConvertedType);
            return isPlain ? $"{literal.Token.Text} + 1" : null;
        }

        if (node is not BinaryExpressionSyntax binary || !s_operators.TryGetValue(binary.Kind(), out string? other)) return null;
        bool isLogical = binary.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression;
        // What a pattern declares on the left would not be there on the right.
        if (isLogical && binary.DescendantNodes().Any(inner => inner is SingleVariableDesignationSyntax)) return null;
        bool fits = isLogical || IsNumber(model.GetTypeInfo(binary.Left).Type) && IsNumber(model.GetTypeInfo(binary.Right).Type)
            && SymbolEqualityComparer.Default.Equals(model.GetTypeInfo(binary).Type, model.GetTypeInfo(binary).ConvertedType);
        return fits ? $"{binary.Left} {other} {binary.Right}" : null;
    }

    private static bool IsNumber(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64
        or SpecialType.System_Single or SpecialType.System_Double;

    /// <summary>Whether only a constant may stand there, or the text of a message.</summary>
    private static bool IsConstant(SyntaxNode node) => node.Ancestors().Any(above => above
        is AttributeSyntax or ParameterSyntax or EnumMemberDeclarationSyntax or CaseSwitchLabelSyntax or PatternSyntax
            or InterpolationSyntax or ThrowStatementSyntax or ThrowExpressionSyntax
        || above is FieldDeclarationSyntax field && field.Modifiers.Any(SyntaxKind.ConstKeyword)
        || above is LocalDeclarationStatementSyntax local && local.Modifiers.Any(SyntaxKind.ConstKeyword));
}
