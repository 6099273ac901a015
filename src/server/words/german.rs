//! German.

use super::german_policies as policies;
use super::{Fault, Form, Page, Refusal, Remarks, Rules, Step, Text, Words};

const ASK: &str = "Bitten Sie die Person, die Sie eingeladen hat, um einen neuen Link.";

pub const WORDS: Words = Words {
    form: FORM,
    step: STEP,
    fault: FAULT,
    remark: REMARK,
    rule: RULE,
    sentence: policies::sentence,
    refusal: REFUSAL,
    page: PAGE,
};

const FORM: Form = Form {
    error: "Fehler: ",
    step: |page, pages| format!("Schritt {page} von {pages}"),
    check: "Bitte prüfen Sie die markierten Angaben:",
    optional: "(freiwillig)",
    no_answer: "Keine Angabe",
    automatic: "Wie mein Browser",
    file_size: "Höchstens 1 MB.",
    received: "Wir haben Ihre Datei erhalten. Sie können stattdessen eine andere wählen.",
    go_on: "Weiter",
    finish: "Abschließen",
    back: "Zurück",
};

const STEP: Step = Step {
    password: "Passwort",
    email_or_username: "E-Mail-Adresse oder Benutzername",
    email: "E-Mail-Adresse",
    username: "Benutzername",
    enroll: "Konto anlegen",
    recover: "Passwort vergessen?",
    signing_in: |name| format!("Sie melden sich als {name} an."),
    consent: "Bitte bestätigen Sie, dass Sie fortfahren möchten.",
    confirm_email: "Gehen Sie weiter, um diese E-Mail-Adresse zu bestätigen.",
    mail_sent: |address| format!("Wir haben eine E-Mail an {address} geschickt."),
    mail_sent_perhaps: "Falls es ein Konto mit diesen Angaben gibt, haben wir ihm eine E-Mail geschickt.",
    mail_hint: "Öffnen Sie den Link darin, um fortzufahren; diese Seite können Sie schließen. Wenn nichts ankommt, sehen Sie bitte im Spam-Ordner nach.",
    mail_again: "Noch einmal senden",
    remember: |name| format!("Möchten Sie auf diesem Gerät als {name} angemeldet bleiben?"),
    yes_remember: "Ja, angemeldet bleiben",
    no: "Nein",
    redirect: |to| format!("Weiter geht es auf {to}."),
};

const REMARK: Remarks = Remarks {
    not_authenticated: "Ein Konto mit diesen Angaben haben wir nicht gefunden.",
    invalid_password: "Das Passwort ist falsch.",
    mail_sent: "Wir haben Ihnen noch eine E-Mail geschickt.",
    too_many_mails: |minutes| {
        let unit = if minutes == 1 { "Minute" } else { "Minuten" };
        format!("Wir haben Ihnen schon mehrere E-Mails geschickt. Bitte versuchen Sie es in {minutes} {unit} wieder.")
    },
    link_used: "Dieser Link wurde schon benutzt. Bitte fordern Sie einen neuen an.",
    consent_again: "Bitte bestätigen Sie noch einmal.",
    begins_again: "Ihre Antwort wurde nicht angenommen, deshalb beginnt es hier von vorn.",
    not_accepted: "Diese Angaben werden nicht angenommen. Bitte ändern Sie sie.",
    answered_before: "Diese Seite hatten Sie schon beantwortet; was Sie jetzt gesendet haben, wurde nicht übernommen. Gehen Sie zurück, um sie zu ändern.",
    left_out: "Die Seite, die Sie gerade beantwortet haben, wird nicht mehr gebraucht. Was Sie dort angegeben haben, wurde nicht übernommen.",
};

const RULE: Rules = Rules { intro: "Das Passwort braucht:", met: "erfüllt", missing: "fehlt", each: policies::rule };

const FAULT: Fault = Fault {
    blank: "Bitte füllen Sie dieses Feld aus.",
    not_email: "Geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel erika@example.com.",
    taken: "Dieser Benutzername ist schon vergeben. Bitte wählen Sie einen anderen.",
    mismatch: "Die beiden Passwörter stimmen nicht überein.",
    too_long: |max| format!("Höchstens {max} Zeichen sind möglich."),
    invisible: |c| format!("Das unsichtbare Zeichen U+{c:04X} ist hier nicht erlaubt."),
    no_choice: "Bitte wählen Sie eine der Antworten.",
    no_file: "Bitte wählen Sie eine Datei.",
    not_ticked: "Bitte setzen Sie hier einen Haken.",
    not_text: "Geben Sie Text ein.",
    not_number: "Geben Sie eine ganze Zahl ein, zum Beispiel 42.",
    not_choice: "Bitte wählen Sie eine der angebotenen Antworten.",
    not_date: "Geben Sie ein Datum als Jahr-Monat-Tag ein, zum Beispiel 2027-03-05.",
    not_date_time: "Geben Sie Datum und Uhrzeit ein, zum Beispiel 2027-03-05 14:30.",
    not_file: "Die Datei war nicht lesbar. Bitte wählen Sie sie noch einmal.",
    file_too_large: "Die Datei ist zu groß. Bitte wählen Sie eine mit höchstens 1 MB.",
    alphabets: "Bitte verwenden Sie nur Buchstaben eines Alphabets: lateinische, griechische oder kyrillische.",
};

const REFUSAL: Refusal = Refusal {
    no_such_flow: Text {
        heading: "Hier gibt es nichts",
        paragraphs: &["Bitte prüfen Sie, ob Sie den ganzen Link geöffnet haben."],
    },
    not_found: Text {
        heading: "Diese Einladung kennen wir nicht",
        paragraphs: &[
            "Bitte prüfen Sie, ob Sie den ganzen Link geöffnet haben; Mailprogramme brechen lange Links manchmal um.",
            ASK,
        ],
    },
    other_flow: Text {
        heading: "Diese Einladung gilt für etwas anderes",
        paragraphs: &["Bitte öffnen Sie den Link genau so, wie Sie ihn bekommen haben."],
    },
    used: Text {
        heading: "Diese Einladung wurde schon benutzt",
        paragraphs: &["Wenn Sie es selbst waren, ist Ihr Konto eingerichtet.", ASK],
    },
    expired: Text { heading: "Diese Einladung ist abgelaufen", paragraphs: &[ASK] },
    revoked: Text {
        heading: "Diese Einladung wurde zurückgezogen",
        paragraphs: &["Bitte wenden Sie sich an die Person, die Sie eingeladen hat."],
    },
    needed: Text {
        heading: "Sie brauchen eine Einladung",
        paragraphs: &[
            "Wenn Sie eine haben, öffnen Sie bitte den Link noch einmal und erlauben Sie Cookies. Durch das Öffnen wird ein Link nicht verbraucht.",
            "Falls Sie schon begonnen hatten, das Formular auszufüllen: Es war zu lange offen. Verloren ist nur, was Sie eingegeben hatten.",
        ],
    },
    forgotten: Text {
        heading: "Diese Seite war zu lange offen",
        paragraphs: &["Ihre Angaben sind verloren. Gespeichert wurde nichts; bitte fangen Sie noch einmal an."],
    },
    other_opened: Text {
        heading: "Inzwischen wurde etwas anderes geöffnet",
        paragraphs: &[
            "In diesem Browser wurde ein anderes Formular geöffnet, vielleicht in einem anderen Tab; darum gilt dieses nicht mehr. Gespeichert wurde nichts; bitte fangen Sie noch einmal an.",
        ],
    },
    other_opened_invited: Text {
        heading: "Inzwischen wurde etwas anderes geöffnet",
        paragraphs: &[
            "In diesem Browser wurde ein anderes Formular geöffnet, vielleicht in einem anderen Tab; darum gilt dieses nicht mehr. Gespeichert wurde nichts.",
            "Bitte öffnen Sie noch einmal den Link, den Sie bekommen haben. Durch das Öffnen wird ein Link nicht verbraucht.",
        ],
    },
    wrong_too_often: Text {
        heading: "Das waren zu viele Versuche",
        paragraphs: &["Das Passwort war zu oft falsch. Bitte fangen Sie noch einmal an."],
    },
    finished: Text {
        heading: "Das ist bereits abgeschlossen",
        paragraphs: &["Was Sie jetzt gesendet haben, wurde nicht übernommen."],
    },
    signed_in: Text { heading: "Sie sind schon angemeldet", paragraphs: &[] },
    signed_in_as: |name| {
        format!("Sie sind als {name} angemeldet. Diese Einladung ist für jemanden, der noch kein Konto hat.")
    },
    sign_out_and_go_on: "Abmelden und fortfahren",
    sign_in: Text {
        heading: "Bitte melden Sie sich zuerst an",
        paragraphs: &["Diese Seite ist für Personen, die ein Konto haben."],
    },
    not_applicable: Text {
        heading: "Diese Seite ist nicht für Sie bestimmt",
        paragraphs: &[
            "Wenn Sie das für einen Irrtum halten, fragen Sie bitte die Person, die Sie hierher geschickt hat.",
        ],
    },
    denied: Text { heading: "Hier geht es nicht weiter", paragraphs: &[] },
    link_used: Text {
        heading: "Dieser Link gilt nicht mehr",
        paragraphs: &["Er wurde schon benutzt oder ist zu alt. Beginnen Sie noch einmal, um einen neuen zu erhalten."],
    },
    username_taken: Text {
        heading: "Dieses Konto gibt es schon",
        paragraphs: &[
            "Der Benutzername dieser Einladung ist vergeben.",
            "Bitte wenden Sie sich an die Person, die Sie eingeladen hat. Die Einladung gilt weiterhin.",
        ],
    },
    misconfigured: Text {
        heading: "Das lässt sich nicht abschließen",
        paragraphs: &[
            "Das Formular ist nicht vollständig eingerichtet. Bitte sagen Sie der Person Bescheid, die Sie hierher geschickt hat.",
            "Nichts ist verloren: Falls Sie eingeladen wurden, gilt Ihre Einladung weiterhin.",
        ],
    },
    not_executed: Text {
        heading: "Hier geht es nicht weiter",
        paragraphs: &[
            "Bitte sagen Sie der Person Bescheid, die Sie hierher geschickt hat. Nichts ist verloren: Falls Sie eingeladen wurden, gilt Ihre Einladung weiterhin.",
        ],
    },
};

const PAGE: Page = Page {
    language: "Sprache",
    home: Text {
        heading: "Einladungen",
        paragraphs: &["Hier registriert man sich mit einer Einladung. Öffnen Sie den Link, den Sie bekommen haben."],
    },
    signed_in_as: |name| format!("Sie sind als {name} angemeldet."),
    sign_out: "Abmelden",
    not_found: Text {
        heading: "Hier gibt es nichts",
        paragraphs: &["Bitte prüfen Sie die Adresse, oder öffnen Sie noch einmal den Link, den Sie bekommen haben."],
    },
    wrong_method: Text {
        heading: "Das geht hier nicht",
        paragraphs: &["Bitte öffnen Sie noch einmal den Link, den Sie bekommen haben."],
    },
    fault: Text {
        heading: "Bei uns ist etwas schiefgegangen",
        paragraphs: &[
            "Nichts ist verloren: Ihre Einladung gilt weiterhin. Bitte versuchen Sie es in ein paar Minuten noch einmal.",
        ],
    },
    fault_number: |number| {
        format!("Wenn es wieder geschieht, nennen Sie der Person, die Sie eingeladen hat, diese Nummer: {number}.")
    },
    busy: Text {
        heading: "Gerade sind viele Menschen hier",
        paragraphs: &[
            "Im Moment können wir niemanden mehr annehmen. Nichts ist verloren: Ihre Einladung gilt weiterhin. Bitte gehen Sie zurück und versuchen Sie es in ein paar Sekunden noch einmal.",
        ],
    },
    too_often: Text {
        heading: "Bitte warten Sie ein wenig",
        paragraphs: &[
            "Es gab viele Versuche in kurzer Zeit. Damit Konten sicher bleiben, machen wir hier eine Pause.",
            "Nichts ist verloren: Was Sie begonnen haben, bleibt erhalten, und eine Einladung gilt weiterhin.",
        ],
    },
    wait: |minutes| {
        let unit = if minutes == 1 { "Minute" } else { "Minuten" };
        format!("Bitte versuchen Sie es in {minutes} {unit} noch einmal.")
    },
    unreadable: Text {
        heading: "Das Formular war nicht lesbar",
        paragraphs: &["Es wurde nichts gespeichert. Bitte gehen Sie zurück und versuchen Sie es noch einmal."],
    },
    too_large: Text {
        heading: "Das war zu viel auf einmal",
        paragraphs: &[
            "Eine Datei darf höchstens 1 MB groß sein. Es wurde nichts gespeichert; bitte gehen Sie zurück und wählen Sie kleinere Dateien.",
        ],
    },
    too_many: Text {
        heading: "Das war zu viel auf einmal",
        paragraphs: &[
            "Das Formular hatte zu viele Felder oder zu viel Text darin. Es wurde nichts gespeichert; bitte gehen Sie zurück und versuchen Sie es noch einmal.",
        ],
    },
    cookies: Text {
        heading: "Hier werden Cookies gebraucht",
        paragraphs: &[
            "Ihr Browser hat kein Cookie gesendet. Bitte erlauben Sie Cookies für diese Seite und öffnen Sie dann noch einmal den Link, den Sie bekommen haben. Ihre Einladung gilt weiterhin.",
        ],
    },
    try_again: Text {
        heading: "Bitte versuchen Sie es noch einmal",
        paragraphs: &[
            "Es wurde nichts gespeichert. Vielleicht war die Seite lange offen oder in zwei Fenstern zugleich.",
        ],
    },
    invitation_is_good: "Ihre Einladung gilt weiterhin.",
    back: "Zurück zum Formular",
    begin_again: "Neu beginnen",
    done: Text { heading: "Alles ist eingerichtet", paragraphs: &[] },
    done_signed_in: |name| format!("Ihr Konto wurde angelegt, und Sie sind als {name} angemeldet."),
    done_made: |name| format!("Ihr Konto {name} wurde angelegt. Sie können sich jetzt damit anmelden."),
    close: "Sie können diese Seite schließen.",
    thanks: Text { heading: "Vielen Dank", paragraphs: &["Das war alles. Sie können diese Seite schließen."] },
    waits: |name| {
        format!(
            "Ihr Konto {name} wurde angelegt. Es wird noch geprüft und freigeschaltet; bis dahin können Sie sich nicht anmelden."
        )
    },
};
