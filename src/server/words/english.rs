//! English.

use super::{Fault, Form, Page, Refusal, Remarks, Rules, Step, Text, Words};

const ASK: &str = "Please ask the person who invited you for a new link.";

pub const WORDS: Words = Words {
    form: FORM,
    step: STEP,
    fault: FAULT,
    remark: REMARK,
    rule: RULE,
    sentence: ToString::to_string,
    refusal: REFUSAL,
    page: PAGE,
};

const FORM: Form = Form {
    error: "Error: ",
    step: |page, pages| format!("Step {page} of {pages}"),
    check: "Please check what is marked below:",
    optional: "(optional)",
    no_answer: "No answer",
    automatic: "As my browser says",
    file_size: "1 MB at most.",
    received: "We have received your file. You can choose another one instead.",
    go_on: "Continue",
    finish: "Finish",
    back: "Back",
};

const STEP: Step = Step {
    password: "Password",
    email_or_username: "Email or username",
    email: "Email",
    username: "Username",
    enroll: "Make an account",
    recover: "Forgot your password?",
    signing_in: |name| format!("You are signing in as {name}."),
    consent: "Please confirm that you want to go on.",
    confirm_email: "Continue to confirm this email address.",
    mail_sent: |address| format!("We have sent an email to {address}."),
    mail_sent_perhaps: "If there is an account with these details, we have sent it an email.",
    mail_hint: "Open the link in it to go on; you may close this page. If nothing arrives, look into the spam folder.",
    mail_again: "Send it again",
    remember: |name| format!("Stay signed in as {name} on this device?"),
    yes_remember: "Yes, stay signed in",
    no: "No",
    redirect: |to| format!("The way goes on at {to}."),
};

const REMARK: Remarks = Remarks {
    not_authenticated: "We could not find an account with these details.",
    invalid_password: "The password is wrong.",
    mail_sent: "We have sent you another email.",
    too_many_mails: |minutes| {
        let unit = if minutes == 1 { "minute" } else { "minutes" };
        format!("We have sent you several emails already. Please try again after {minutes} {unit}.")
    },
    link_used: "This link was already used. Please ask for a new one.",
    consent_again: "Please confirm once more.",
    begins_again: "Your answer was not accepted, so it begins again from here.",
    not_accepted: "These answers are not accepted. Please change them.",
    answered_before: "You had answered that page before, so what you sent now was not taken. To change it, go back to that page.",
    left_out: "The page that you have just answered is not needed any more. What you entered there was not taken.",
};

const RULE: Rules = Rules { intro: "The password needs:", met: "done", missing: "missing", each: ToString::to_string };

const FAULT: Fault = Fault {
    blank: "Please fill in this field.",
    not_email: "Enter a complete email address, such as jane@example.com.",
    taken: "This username is already taken. Please choose another one.",
    mismatch: "The two passwords are not the same.",
    too_long: |max| format!("Use at most {max} characters."),
    invisible: |c| format!("The invisible character U+{c:04X} is not allowed here."),
    no_choice: "Please choose one of the answers.",
    no_file: "Please choose a file.",
    not_ticked: "Please tick this box to go on.",
    not_text: "Enter text.",
    not_number: "Enter a whole number, such as 42.",
    not_choice: "Please choose one of the answers that are offered.",
    not_date: "Enter a date as year-month-day, such as 2027-03-05.",
    not_date_time: "Enter a date and a time, such as 2027-03-05 14:30.",
    not_file: "The file could not be read. Please choose it once more.",
    file_too_large: "The file is too large. Please choose one of 1 MB at most.",
    alphabets: "Please use letters of one alphabet only: Latin, Greek or Cyrillic.",
};

const REFUSAL: Refusal = Refusal {
    no_such_flow: Text {
        heading: "There is nothing here",
        paragraphs: &["Please check that you have opened the whole link."],
    },
    not_found: Text {
        heading: "We don't know this invitation",
        paragraphs: &[
            "Please check that you have opened the whole link; mail programs sometimes break long ones.",
            ASK,
        ],
    },
    other_flow: Text {
        heading: "This invitation is for something else",
        paragraphs: &["Please open the link exactly as you were sent it."],
    },
    used: Text {
        heading: "This invitation has already been used",
        paragraphs: &["If you used it yourself, your account is ready.", ASK],
    },
    expired: Text { heading: "This invitation has expired", paragraphs: &[ASK] },
    revoked: Text {
        heading: "This invitation has been withdrawn",
        paragraphs: &["Please ask the person who invited you."],
    },
    needed: Text {
        heading: "You need an invitation",
        paragraphs: &[
            "If you have one, please open its link once more, with cookies allowed. Opening a link does not use it up.",
            "If you had begun to fill in the form: it was open for too long. Nothing is lost but what you had entered.",
        ],
    },
    forgotten: Text {
        heading: "This page was open for too long",
        paragraphs: &["What you had entered is gone. Nothing was saved; please begin again."],
    },
    other_opened: Text {
        heading: "Something else was opened meanwhile",
        paragraphs: &[
            "Another form was opened in this browser, perhaps in another tab, so this one can't be taken. Nothing was saved; please begin again.",
        ],
    },
    other_opened_invited: Text {
        heading: "Something else was opened meanwhile",
        paragraphs: &[
            "Another form was opened in this browser, perhaps in another tab, so this one can't be taken. Nothing was saved.",
            "Please open the link that you were sent once more. Opening a link does not use it up.",
        ],
    },
    wrong_too_often: Text {
        heading: "Those were too many attempts",
        paragraphs: &["The password was wrong too often. Please begin again."],
    },
    finished: Text { heading: "This was already finished", paragraphs: &["What you have sent now was not taken."] },
    signed_in: Text { heading: "You are already signed in", paragraphs: &[] },
    signed_in_as: |name| {
        format!("You are signed in as {name}. This invitation is for somebody who has no account yet.")
    },
    sign_out_and_go_on: "Sign out and go on",
    sign_in: Text { heading: "Please sign in first", paragraphs: &["This page is for people who have an account."] },
    not_applicable: Text {
        heading: "This page is not for you",
        paragraphs: &["If you think that it should be, please ask the person who sent you here."],
    },
    denied: Text { heading: "You can't go on here", paragraphs: &[] },
    link_used: Text {
        heading: "This link does not work any more",
        paragraphs: &["It was already used, or it is too old. Begin again to get a new one."],
    },
    username_taken: Text {
        heading: "That account exists already",
        paragraphs: &[
            "The username of this invitation is taken.",
            "Please ask the person who invited you. The invitation is still good.",
        ],
    },
    misconfigured: Text {
        heading: "This can't be finished",
        paragraphs: &[
            "The form is not set up completely. Please tell the person who sent you here.",
            "Nothing is lost: if you were invited, your invitation is still good.",
        ],
    },
    not_executed: Text {
        heading: "This can't go on here",
        paragraphs: &[
            "Please tell the person who sent you here. Nothing is lost: if you were invited, your invitation is still good.",
        ],
    },
};

const PAGE: Page = Page {
    language: "Language",
    home: Text {
        heading: "Invitations",
        paragraphs: &["People enroll here by invitation. Open the link that you were sent."],
    },
    signed_in_as: |name| format!("You are signed in as {name}."),
    sign_out: "Sign out",
    not_found: Text {
        heading: "There is nothing here",
        paragraphs: &["Please check the address, or open the link that you were sent once more."],
    },
    wrong_method: Text {
        heading: "That does not work here",
        paragraphs: &["Please open the link that you were sent once more."],
    },
    fault: Text {
        heading: "Something went wrong on our side",
        paragraphs: &["Nothing is lost: your invitation is still good. Please try again in a few minutes."],
    },
    fault_number: |number| format!("If it happens again, tell the person who invited you this number: {number}."),
    busy: Text {
        heading: "Many people are here at this moment",
        paragraphs: &[
            "We can't take one more right now. Nothing is lost: your invitation is still good. Please go back and try again in a few seconds.",
        ],
    },
    too_often: Text {
        heading: "Please wait a little",
        paragraphs: &[
            "There were many attempts in a short time, so we pause here to keep accounts safe.",
            "Nothing is lost: what you have begun is kept, and an invitation is still good.",
        ],
    },
    wait: |minutes| {
        let unit = if minutes == 1 { "minute" } else { "minutes" };
        format!("Please try again in {minutes} {unit}.")
    },
    unreadable: Text {
        heading: "That form could not be read",
        paragraphs: &["Nothing was saved. Please go back and try again."],
    },
    too_large: Text {
        heading: "That was too much at once",
        paragraphs: &["Files may have 1 MB at most. Nothing was saved; please go back and choose smaller ones."],
    },
    too_many: Text {
        heading: "That was too much at once",
        paragraphs: &[
            "The form had too many fields, or too much text in them. Nothing was saved; please go back and try again.",
        ],
    },
    cookies: Text {
        heading: "Cookies are needed here",
        paragraphs: &[
            "Your browser sent no cookie. Please allow cookies for this site, then open the link that you were sent once more. Your invitation is still good.",
        ],
    },
    try_again: Text {
        heading: "Please try that again",
        paragraphs: &["Nothing was saved. The page may have been open for a long time, or in two windows."],
    },
    invitation_is_good: "Your invitation is still good.",
    back: "Back to the form",
    begin_again: "Begin again",
    done: Text { heading: "You are all set", paragraphs: &[] },
    done_signed_in: |name| format!("Your account has been made, and you are signed in as {name}."),
    done_made: |name| format!("Your account {name} has been made. You can sign in with it now."),
    close: "You can close this page.",
    thanks: Text { heading: "Thank you", paragraphs: &["That was all. You can close this page."] },
    waits: |name| {
        format!(
            "Your account {name} has been made. Somebody will look at it and activate it; until then you can't sign in."
        )
    },
};
