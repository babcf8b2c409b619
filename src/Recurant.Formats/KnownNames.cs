using System.Text;

namespace Recurant.Formats;

/// <summary>What columns and keys are usually called, in several languages; the earlier names win.</summary>
internal static class KnownNames
{
    internal static readonly string[] Text = Names(
        "text sentence review content body question message comment tweet phrase utterance post description article "
        + "abstract document feedback transcript statement query passage paragraph email mail sms headline satz inhalt "
        + "nachricht rezension kommentar frage beschreibung meldung anfrage beitrag aussage texte avis contenu commentaire "
        + "critique texto frase oracion resena contenido mensaje comentario pregunta descripcion opinion testo recensione "
        + "contenuto messaggio commento domanda descrizione avaliacao conteudo mensagem pergunta descricao tekst zin "
        + "recensie inhoud bericht opmerking vraag beschrijving zdanie recenzja tresc wiadomosc komentarz pytanie opis "
        + "metin yorum recenze zprava beskrivning");

    /// <summary>Short texts that stand beside the longer ones as a rule.</summary>
    internal static readonly string[] Title = Names(
        "title subject summary caption betreff titel titre sujet titulo asunto oggetto titolo assunto onderwerp tytul");

    internal static readonly string[] Label = Names(
        "label class category sentiment target polarity intent emotion topic tag annotation gold stance kategorie klasse "
        + "etikett stimmung thema absicht etiquette classe categorie polarite intention theme etiqueta clase categoria "
        + "sentimiento polaridad tema intencion etichetta sentimento polarita argomento intento rotulo sentimentos "
        + "polaridade intencao etykieta klasa kategoria sentyment klass kategori etiket sinif duygu trida");

    /// <summary>Names of what can be a label, and often is.</summary>
    internal static readonly string[] LikelyLabel = Names(
        "rating stars star score grade spam ham toxic type group genre department language lang priority severity status "
        + "mood species outcome result verdict decision recommended quality bewertung sterne note typ art gruppe abteilung "
        + "sprache prioritaet prioritat ergebnis tonalitat groupe langue priorite etoiles puntuacion estrellas calificacion "
        + "tipo grupo idioma prioridad valoracion voto stelle punteggio valutazione gruppo lingua priorita nota estrelas "
        + "prioridade beoordeling sterren soort groep taal prioriteit ocena gwiazdki rodzaj grupa jezyk priorytet");

    /// <summary>Names of what stands beside texts and labels and is neither.</summary>
    internal static readonly string[] Other = Names(
        "id ids uuid guid key index idx row number nr no num date time timestamp datetime created updated year month day "
        + "week hour user username author name firstname lastname customer client age gender sex country region state "
        + "province city town location zip postcode lat lon latitude longitude helpful unhelpful votes vote useful funny "
        + "cool likes retweets shares count counts length len size price amount quantity total cost url link source "
        + "verified confidence split fold set partition subset version currency device platform app channel image file "
        + "filename path hash ip phone address x unnamed geschlecht land stadt ort bundesland datum zeit uhrzeit benutzer "
        + "kunde kundennummer nummer preis betrag menge anzahl jahr monat hilfreich quelle filiale utile pays ville heure "
        + "utilisateur prix quantite annee mois auteur pais ciudad fecha hora usuario precio cantidad ano mes autor ora "
        + "utente prezzo quantita paese citta regione anno data preco quantidade cidade regiao tijd gebruiker prijs aantal "
        + "regio jaar czas uzytkownik cena ilosc kraj miasto rok");

    /// <summary>The first name that is there, written in any way; -1 if none is.</summary>
    internal static int Find(IReadOnlyList<string> columns, string[] names)
    {
        string[] normal = [.. columns.Select(Normal)];
        foreach (string name in names)
        {
            int index = Array.IndexOf(normal, name);
            if (index >= 0) return index;
        }

        return -1;
    }

    /// <summary>
    /// The place of a column's name among some names, from 0: its whole, or the word that ends it (review_text, airlineSentiment,
    /// is_spam), which counts as much later; -1 if it is none of them.
    /// </summary>
    internal static int Rank(string column, string[] names)
    {
        string normal = Normal(column);
        int whole = Array.IndexOf(names, normal);
        if (whole < 0 && normal.EndsWith('s')) whole = Array.IndexOf(names, normal[..^1]);
        if (whole >= 0) return whole;
        string[] words = normal.Split(' ');
        int last = words.Length > 1 && words[^1] is "name" or "value" or "class" or "text" ? words.Length - 2 : words.Length - 1;
        int end = words.Length < 2 ? -1 : Array.IndexOf(names, words[^1]);
        end = end >= 0 || last < 0 || words.Length < 2 ? end : Array.IndexOf(names, words[last]);
        return end < 0 ? -1 : names.Length + end;
    }

    /// <summary>Small letters without accents; words with one blank between.</summary>
    internal static string Normal(string name)
    {
        var normal = new StringBuilder(name.Length);
        bool lower = false;
        foreach (char c in name)
        {
            if (!char.IsLetterOrDigit(c))
            {
                bool mark = char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark;
                if (!mark && normal.Length > 0 && normal[^1] != ' ') normal.Append(' ');
                lower &= mark;
                continue;
            }

            if (lower && char.IsUpper(c))
            {
                normal.Append(' '); // reviewText
            }

            lower = char.IsLower(c);
            normal.Append(Plain(char.ToLowerInvariant(c)));
        }

        return normal.ToString().TrimEnd();
    }

    private static string Plain(char c) => c switch
    {
        '\u00E0' or '\u00E1' or '\u00E2' or '\u00E3' or '\u00E4' or '\u00E5' or '\u0105' => "a",
        '\u00E8' or '\u00E9' or '\u00EA' or '\u00EB' or '\u0119' or '\u011B' => "e",
        '\u00EC' or '\u00ED' or '\u00EE' or '\u00EF' or '\u0131' => "i",
        '\u00F2' or '\u00F3' or '\u00F4' or '\u00F5' or '\u00F6' or '\u00F8' => "o",
        '\u00F9' or '\u00FA' or '\u00FB' or '\u00FC' or '\u016F' => "u",
        '\u00E7' or '\u0107' or '\u010D' => "c",
        '\u00F1' or '\u0144' => "n",
        '\u0142' => "l",
        '\u015B' or '\u0161' or '\u015F' => "s",
        '\u017A' or '\u017C' or '\u017E' => "z",
        '\u0159' => "r",
        '\u00DF' => "ss",
        _ => c.ToString(),
    };

    private static string[] Names(string words) => words.Split(' ');
}
