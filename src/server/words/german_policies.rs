//! What policies say of themselves, in German.

use zxcvbn::feedback::{Suggestion, Warning};

use crate::domain::message::{Counted, Rule, Sentence, listed};

/// A rule as an item of "Das Passwort braucht:".
pub fn rule(rule: &Rule) -> String {
    let amount = rule.amount;
    match rule.of {
        Counted::Length => format!("mindestens {amount} Zeichen"),
        Counted::Digits => format!("mindestens {amount} {} (0-9)", if amount == 1 { "Ziffer" } else { "Ziffern" }),
        Counted::Lowercase => format!("mindestens {amount} Kleinbuchstaben (a-z)"),
        Counted::Uppercase => format!("mindestens {amount} Großbuchstaben (A-Z)"),
        Counted::Symbols => match rule.examples().as_slice() {
            [] => format!("mindestens {amount} Sonderzeichen"),
            [only] => format!("mindestens {amount}-mal das Zeichen {only}"),
            [one, other, ..] => format!("mindestens {amount} Sonderzeichen, etwa {one} oder {other}"),
        },
        Counted::Unknown => "etwas, das auf keiner Liste bekannter Passwörter steht".to_owned(),
        Counted::Score => "etwas, das schwer zu erraten ist, zum Beispiel mehrere seltene Wörter".to_owned(),
    }
}

/// A sentence of a policy.
pub fn sentence(sentence: &Sentence) -> String {
    match sentence {
        Sentence::NoPassword => "Hier wird kein Passwort gefragt, das geprüft werden könnte.".to_owned(),
        Sentence::PasswordNeeds { rules } => {
            let rules: Vec<String> = rules.iter().map(rule).collect();
            format!("Das Passwort braucht {}.", listed(&rules, "und"))
        }
        Sentence::PasswordWeak => "Das Passwort ist zu leicht zu erraten.".to_owned(),
        Sentence::Weakness { warning } => weakness(warning.0).to_owned(),
        Sentence::Advice { suggestion } => advice(suggestion.0).to_owned(),
        Sentence::PasswordLeaked { times: 1 } => "Das Passwort steht einmal auf Listen bekannter Passwörter.".to_owned(),
        Sentence::PasswordLeaked { times } => {
            format!("Das Passwort steht {times}-mal auf Listen bekannter Passwörter.")
        }
        Sentence::ListsAway => {
            "Die Listen bekannter Passwörter lassen sich gerade nicht abfragen. Bitte versuchen Sie es gleich noch einmal."
                .to_owned()
        }
        Sentence::PasswordExpired { days: 1 } => {
            "Ihr Passwort ist seit einem Tag abgelaufen. Bitte wählen Sie ein neues.".to_owned()
        }
        Sentence::PasswordExpired { days } => {
            format!("Ihr Passwort ist seit {days} Tagen abgelaufen. Bitte wählen Sie ein neues.")
        }
        Sentence::PasswordWrong => "Das Passwort ist falsch.".to_owned(),
        Sentence::NobodyHere => "Niemand ist angemeldet, dessen Passwort abgelaufen sein könnte.".to_owned(),
        Sentence::NoEvent => "Es gibt kein Ereignis, das verglichen werden könnte.".to_owned(),
        Sentence::NoEventQuery => "Abfragen über Ereignisse gibt es hier nicht.".to_owned(),
        Sentence::NoPlaces => "Wo jemand ist, lässt sich hier nicht feststellen (GeoIP fehlt).".to_owned(),
    }
}

fn weakness(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => "Nebeneinander liegende Tasten sind leicht zu erraten.",
        Warning::ShortKeyboardPatternsAreEasyToGuess => "Kurze Muster auf der Tastatur sind leicht zu erraten.",
        Warning::RepeatsLikeAaaAreEasyToGuess => "Wiederholungen wie „aaa“ sind leicht zu erraten.",
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "Wiederholungen wie „abcabcabc“ sind kaum schwerer zu erraten als „abc“."
        }
        Warning::ThisIsATop10Password => "Das ist eines der zehn häufigsten Passwörter.",
        Warning::ThisIsATop100Password => "Das ist eines der hundert häufigsten Passwörter.",
        Warning::ThisIsACommonPassword => "Das ist ein sehr häufiges Passwort.",
        Warning::ThisIsSimilarToACommonlyUsedPassword => "Das ähnelt einem häufigen Passwort.",
        Warning::SequencesLikeAbcAreEasyToGuess => "Folgen wie abc oder 6543 sind leicht zu erraten.",
        Warning::RecentYearsAreEasyToGuess => "Jahreszahlen der letzten Zeit sind leicht zu erraten.",
        Warning::AWordByItselfIsEasyToGuess => "Ein einzelnes Wort ist leicht zu erraten.",
        Warning::DatesAreOftenEasyToGuess => "Ein Datum ist oft leicht zu erraten.",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => "Vor- und Nachnamen allein sind leicht zu erraten.",
        Warning::CommonNamesAndSurnamesAreEasyToGuess => "Häufige Vor- und Nachnamen sind leicht zu erraten.",
    }
}

fn advice(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => "Nehmen Sie mehrere Wörter, keine bekannten Redewendungen.",
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => {
            "Sonderzeichen, Ziffern und Großbuchstaben sind nicht nötig."
        }
        Suggestion::AddAnotherWordOrTwo => "Fügen Sie noch ein oder zwei Wörter hinzu, am besten seltene.",
        Suggestion::CapitalizationDoesntHelpVeryMuch => "Ein großer Anfangsbuchstabe hilft nicht viel.",
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
            "Alles groß zu schreiben hilft kaum mehr als alles klein."
        }
        Suggestion::ReversedWordsArentMuchHarderToGuess => {
            "Rückwärts geschriebene Wörter sind kaum schwerer zu erraten."
        }
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => "Ersetzungen wie „@“ für „a“ helfen nicht viel.",
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => {
            "Nehmen Sie ein längeres Muster auf der Tastatur, mit mehr Richtungswechseln."
        }
        Suggestion::AvoidRepeatedWordsAndCharacters => "Vermeiden Sie wiederholte Wörter und Zeichen.",
        Suggestion::AvoidSequences => "Vermeiden Sie Folgen.",
        Suggestion::AvoidRecentYears => "Vermeiden Sie Jahreszahlen der letzten Zeit.",
        Suggestion::AvoidYearsThatAreAssociatedWithYou => "Vermeiden Sie Jahreszahlen, die mit Ihnen zu tun haben.",
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => {
            "Vermeiden Sie Daten und Jahreszahlen, die mit Ihnen zu tun haben."
        }
    }
}
