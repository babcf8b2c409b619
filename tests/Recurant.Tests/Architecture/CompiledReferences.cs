using System.Reflection;
using System.Reflection.Emit;

namespace Recurant.Tests.Architecture;

/// <summary>
/// Which types of an assembly use which others, read from signatures and from the instructions of every method.
/// </summary>
internal static class CompiledReferences
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Every pair of a type and a type it uses, with the member that does.</summary>
    public static IEnumerable<(Type User, Type Used, string Member)> Of(Assembly assembly)
    {
        foreach (Type user in assembly.GetTypes())
        {
            foreach (Type used in Mentioned(user).SelectMany(Parts).Distinct()) yield return (user, used, user.Name);
            foreach (MemberInfo member in user.GetMembers(Everything))
            {
                foreach (Type used in OfMember(member).SelectMany(Parts).Distinct())
                {
                    yield return (user, used, $"{user.Name}.{member.Name}");
                }
            }
        }
    }

    /// <summary>Every method that a method of the assembly calls.</summary>
    public static IEnumerable<(string Member, MethodBase Called)> Calls(Assembly assembly)
    {
        foreach (Type user in assembly.GetTypes())
        {
            foreach (MethodBase method in user.GetMembers(Everything).OfType<MethodBase>())
            {
                if (method.GetMethodBody() is not { } body) continue;
                Type[] typeArguments = user.GetGenericArguments();
                Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
                foreach ((_, int token) in Tokens(body.GetILAsByteArray()!))
                {
                    if (method.Module.ResolveMember(token, typeArguments, methodArguments) is MethodBase called)
                    {
                        yield return ($"{user.Name}.{method.Name}", called);
                    }
                }
            }
        }
    }

    private static IEnumerable<Type?> Mentioned(Type type) =>
        [type.BaseType, .. type.GetInterfaces(),
            .. type.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints())];

    private static IEnumerable<Type?> OfMember(MemberInfo member) => member switch
    {
        FieldInfo field => [field.FieldType],
        MethodBase method => OfMethod(method),
        _ => [],
    };

    private static IEnumerable<Type?> OfMethod(MethodBase method)
    {
        foreach (ParameterInfo parameter in method.GetParameters()) yield return parameter.ParameterType;
        if (method is MethodInfo { ReturnType: var result }) yield return result;
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        foreach (Type argument in methodArguments)
        {
            foreach (Type constraint in argument.GetGenericParameterConstraints()) yield return constraint;
        }

        if (method.GetMethodBody() is not { } body) yield break;
        foreach (LocalVariableInfo local in body.LocalVariables) yield return local.LocalType;
        Type[] typeArguments = method.DeclaringType!.GetGenericArguments();
        foreach ((_, int token) in Tokens(body.GetILAsByteArray()!))
        {
            MemberInfo? used = method.Module.ResolveMember(token, typeArguments, methodArguments);
            yield return used as Type ?? used?.DeclaringType;
            if (used is FieldInfo field) yield return field.FieldType;
            if (used is MethodInfo { ReturnType: var returned }) yield return returned;
            if (used is MethodInfo { IsGenericMethod: true } generic)
            {
                foreach (Type argument in generic.GetGenericArguments()) yield return argument;
            }
        }
    }

    /// <summary>Every type that a method of the assembly asks an object for, by <c>is</c>, <c>as</c>, <c>case</c> or a cast.</summary>
    public static IEnumerable<(MethodBase Method, Type Asked)> Casts(Assembly assembly)
    {
        foreach (MethodBase method in assembly.GetTypes().SelectMany(type => type.GetMembers(Everything)).OfType<MethodBase>())
        {
            if (method.GetMethodBody() is not { } body) continue;
            foreach ((OpCode code, int token) in Tokens(body.GetILAsByteArray()!))
            {
                if (code != OpCodes.Isinst && code != OpCodes.Castclass) continue;
                Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
                yield return (method, method.Module.ResolveType(
                    token, method.DeclaringType!.GetGenericArguments(), methodArguments));
            }
        }
    }

    /// <summary>The room of a type of the core; null for what the compiler adds outside the project's namespaces.</summary>
    public static string? RoomOf(Type type)
    {
        Type outermost = type;
        while (outermost.DeclaringType is { } outer) outermost = outer;
        string[] parts = (outermost.Namespace ?? "").Split('.');
        return parts[0] != "Recurant" ? null : parts.Length == 1 ? "" : parts[1];
    }

    /// <summary>The instructions of a method that name types, fields and methods, with their metadata tokens.</summary>
    private static IEnumerable<(OpCode Code, int Token)> Tokens(byte[] code)
    {
        for (int i = 0; i < code.Length;)
        {
            short value = code[i++];
            if (value == 0xFE) value = (short)(0xFE00 | code[i++]);
            OpCode opCode = s_opCodes[value];
            OperandType operand = opCode.OperandType;
            if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                yield return (opCode, BitConverter.ToInt32(code, i));
            }

            i += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, i),
                _ => 4,
            };
        }
    }

    /// <summary>A type, what it is an array or pointer of, and what its generic arguments are.</summary>
    public static IEnumerable<Type> Parts(Type? type)
    {
        if (type is null) yield break;
        if (type.HasElementType)
        {
            foreach (Type part in Parts(type.GetElementType())) yield return part;
            yield break;
        }

        yield return type;
        foreach (Type argument in type.GetGenericArguments())
        {
            if (argument.IsGenericParameter) continue;
            foreach (Type part in Parts(argument)) yield return part;
        }
    }
}
