//! The commands. Their names are those of the documented product where it has them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Operates a relay, beside one that runs or without one.
#[derive(Debug, Parser)]
#[command(name = "ledger-cli", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// The relay's settings; the environment overrides them.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// JSON instead of a table.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Who goes into the audit; otherwise SUDO_USER or USER.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Every binding with its state.
    #[command(name = "binding:list")]
    BindingList,
    /// One binding.
    #[command(name = "binding:show")]
    BindingShow { binding: String },
    /// Sets a binding up.
    #[command(name = "binding:add")]
    BindingAdd(NewBinding),
    /// New consent: parked documents are sent again.
    #[command(name = "binding:reconnect")]
    BindingReconnect {
        binding: String,
        #[arg(long, value_name = "FILE")]
        refresh_token_file: PathBuf,
    },
    /// Takes the consent back: nothing is sent from here on, and Sage is told.
    #[command(name = "binding:disconnect")]
    BindingDisconnect { binding: String },
    /// Connects a shop by the code that its admin page shows: makes a key and hands it over.
    #[command(name = "binding:pair")]
    BindingPair {
        binding: String,
        /// The shop's interface, such as https://shop.example/rest/V1/byte8.
        #[arg(long, value_name = "URL")]
        shop: String,
        /// A file with the code: an argument would be seen by others on this machine.
        #[arg(long, value_name = "FILE")]
        code_file: PathBuf,
        /// Where the shop reaches this relay, such as https://relay.example.
        #[arg(long, value_name = "URL")]
        relay_url: String,
        /// For so many hours the key before is good as well, where the shop was paired before.
        #[arg(long, default_value_t = 24)]
        grace_hours: u32,
    },
    /// A new key to share with the shop, which you give to it yourself.
    #[command(name = "binding:key")]
    BindingKey {
        binding: String,
        /// The new key; the shop must be given the same.
        #[arg(long, value_name = "FILE")]
        api_key_file: PathBuf,
        /// For so many hours the key before is good as well, so that neither side must be first;
        /// 0 refuses it from now on, for a key that has leaked. 168 at most.
        #[arg(long, default_value_t = 24)]
        grace_hours: u32,
    },
    /// Puts a binding on a tier; without a name, on the default.
    #[command(name = "binding:tier")]
    BindingTier {
        binding: String,
        tier: Option<String>,
    },
    /// Accepts documents of a binding; until then they wait in the shop.
    #[command(name = "binding:live")]
    BindingLive {
        binding: String,
        /// Accepts no more; what was accepted before is still sent.
        #[arg(long)]
        off: bool,
    },
    /// Has states pushed below an address, such as https://shop.example/rest/V1/byte8.
    #[command(name = "binding:push")]
    BindingPush {
        binding: String,
        #[arg(required_unless_present = "off", conflicts_with = "off")]
        url: Option<String>,
        /// No more pushes.
        #[arg(long)]
        off: bool,
    },
    /// Connects a Sage business: prints an address to open in a browser of this machine, and waits until
    /// it comes back. http://localhost:PORT/oauth/callback must be registered for the app at Sage.
    #[command(name = "oauth:connect")]
    OauthConnect {
        /// A binding to connect again, or the name of a new one; a new one is named after the business
        /// otherwise.
        #[arg(long)]
        binding: Option<String>,
        /// The id of the business, where the consent covers more than one.
        #[arg(long)]
        business: Option<String>,
        #[arg(long, default_value_t = 8413)]
        port: u16,
    },
    /// How a binding is connected to Sage.
    #[command(name = "oauth:status")]
    OauthStatus {
        binding: String,
        /// Shows an access token, for development: good for five minutes, for everything the
        /// shop owner may do in Sage. Needs admin.reveal_tokens = true in the settings, and an
        /// interactive terminal or LEDGER_RELAY_ENVIRONMENT=development. Written down in the
        /// audit before it is shown.
        #[arg(long)]
        reveal_token: bool,
    },
    /// Runs, newest first.
    #[command(name = "runs:list")]
    RunsList {
        #[arg(long)]
        binding: Option<String>,
        /// queued, running, waiting, succeeded, rejected, ambiguous, parked or superseded.
        #[arg(long)]
        state: Option<String>,
        /// What the key begins with, such as invoice.created:.
        #[arg(long)]
        key: Option<String>,
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// One run, step by step.
    #[command(name = "runs:show")]
    RunsShow { run: String },
    /// Tries a rejected or ambiguous run again; what may stand in Sage is looked for first.
    #[command(name = "runs:retry")]
    RunsRetry {
        run: String,
        /// You have looked: nothing of it stands in Sage.
        #[arg(long)]
        absent: bool,
    },
    /// Sets a queued or waiting run aside.
    #[command(name = "runs:hold")]
    RunsHold { run: String },
    /// Lets a held run go on.
    #[command(name = "runs:release")]
    RunsRelease { run: String },
    /// Lets another document have the key of a run. For a shop that was restored from a backup and
    /// has given the id to another document; what stands in Sage stays there.
    #[command(name = "runs:set-aside")]
    RunsSetAside { run: String },
    /// What became of a binding whose database was restored from a backup.
    #[command(name = "recovery:list")]
    RecoveryList { binding: String },
    /// Which Sage objects keys stand for.
    #[command(name = "xref:show")]
    XrefShow {
        binding: String,
        /// What the key begins with.
        #[arg(default_value = "")]
        key: String,
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Says which Sage object a key stands for, after a look whether it is there.
    #[command(name = "xref:set")]
    XrefSet {
        binding: String,
        key: String,
        /// contacts, sales_invoices, …
        resource: String,
        sage_id: String,
    },
    /// Reads tax rates, accounts and the business anew; settings become a new version.
    #[command(name = "refs:refresh")]
    RefsRefresh { binding: String },
    /// The reference data and its age.
    #[command(name = "refs:show")]
    RefsShow { binding: String },
    /// Settings proposed from what the shop and the Sage business have; nothing is saved.
    #[command(name = "settings:propose")]
    SettingsPropose { binding: String },
    /// What the shop told of itself: payment methods, tax rates, stores, versions.
    #[command(name = "shop:profile")]
    ShopProfile { binding: String },
    /// What the shop's documents would become, by its last dry run.
    #[command(name = "shop:dry-run")]
    ShopDryRun { binding: String },
    /// The settings document that stands, or a version of it.
    #[command(name = "settings:show")]
    SettingsShow {
        binding: String,
        #[arg(long)]
        version: Option<i64>,
    },
    /// Every version of the settings.
    #[command(name = "settings:versions")]
    SettingsVersions { binding: String },
    /// Judges a settings document without saving it.
    #[command(name = "settings:validate")]
    SettingsValidate { binding: String, file: PathBuf },
    /// Saves a settings document, if the core finds no problem.
    #[command(name = "settings:set")]
    SettingsSet { binding: String, file: PathBuf },
    /// Puts every state to the end of the feed, so that the shop reads it again.
    #[command(name = "sync-state:backfill")]
    SyncStateBackfill {
        binding: String,
        /// invoice, creditmemo, order, customer or product.
        #[arg(long)]
        entity_type: Option<String>,
    },
    /// Compares Sage with what the relay knows; changes nothing. Exit status 3 when they differ.
    #[command(name = "audit:sweep")]
    AuditSweep {
        binding: String,
        /// Only what has changed since (RFC 3339).
        #[arg(long)]
        since: Option<String>,
        /// Lists also what the relay does not know.
        #[arg(long)]
        strangers: bool,
    },
    /// Copies the database of a relay on SQLite, which may run meanwhile, into a new file, and looks
    /// whether the copy is good. Exit status 3 when it is not.
    #[command(name = "backup")]
    Backup { file: PathBuf },
    /// Looks whether a relay with these settings and keys could go on with a copy. Exit status 3
    /// when it could not.
    #[command(name = "backup:verify")]
    BackupVerify { file: PathBuf },
    /// Seals tokens, plans and requests anew with the newest key.
    #[command(name = "keys:reseal")]
    KeysReseal,
    /// Everybody who may use the dashboard.
    #[command(name = "user:list")]
    UserList,
    /// Adds somebody; prints a link with which the password is chosen, once, within 30 minutes.
    #[command(name = "user:add")]
    UserAdd(NewUser),
    /// A new link for somebody who has lost the password.
    #[command(name = "user:reset")]
    UserReset {
        /// E-mail address or id.
        user: String,
    },
    /// Keeps somebody out at once; open sessions end.
    #[command(name = "user:disable")]
    UserDisable {
        /// E-mail address or id.
        user: String,
    },
    /// Lets somebody in again.
    #[command(name = "user:enable")]
    UserEnable {
        /// E-mail address or id.
        user: String,
    },
    /// Who did what, newest first.
    #[command(name = "audit:log")]
    AuditLog {
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Asks a trial business of Sage what its documentation leaves open, in marked records that
    /// are taken away again.
    #[command(name = "sage:probe")]
    SageProbe {
        binding: String,
        /// Where the answers go.
        #[arg(long, value_name = "FILE")]
        evidence: PathBuf,
        /// The business is one in which records may be made and voided.
        #[arg(long)]
        this_is_a_trial: bool,
        /// Makes up to so many cheap calls in a row until Sage answers 429, to see what that says;
        /// 1000 at most. Other work of the same app is slowed down meanwhile.
        #[arg(long, default_value_t = 0, value_name = "CALLS")]
        provoke_429: u32,
    },
    /// Erases what the relay holds of one customer: plans, requests, Sage's words, of every
    /// document that has ended; ids, totals and what stands in Sage itself stay.
    #[command(name = "erase")]
    Erase {
        binding: String,
        #[command(flatten)]
        subject: ErasureSubject,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ErasureSubject {
    /// A registered customer, by Magento's id; documents on the contact that customers share are
    /// found as well.
    #[arg(long)]
    pub(crate) customer: Option<u64>,
    /// A file with an e-mail address: an argument would be seen by others on this machine. Finds a
    /// guest's documents, also on the shared contact, and every plan that carries the address. A
    /// registered customer's documents on the shared contact carry none: use --customer too.
    #[arg(long, value_name = "FILE")]
    pub(crate) email_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct NewUser {
    /// The address that one signs in with.
    pub(crate) email: String,
    #[arg(long)]
    pub(crate) name: String,
    /// administrator, operator or accountant.
    #[arg(long)]
    pub(crate) role: String,
    /// On this binding; may be given more than once. Without one, on every binding.
    #[arg(long)]
    pub(crate) binding: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct NewBinding {
    /// Its name; the shop's tokens carry it as `iss`.
    pub(crate) binding: String,
    /// The key shared with the shop; not needed where the shop is paired by a code afterwards.
    #[arg(long, value_name = "FILE")]
    pub(crate) api_key_file: Option<PathBuf>,
    /// The Sage business.
    #[arg(long)]
    pub(crate) business: String,
    /// What the shop owner's consent gave.
    #[arg(long, value_name = "FILE")]
    pub(crate) refresh_token_file: PathBuf,
    /// Stands for URL/v3.1 and URL/token, as a simulator has them.
    #[arg(long, conflicts_with_all = ["api_url", "token_url"])]
    pub(crate) sage_base_url: Option<String>,
    #[arg(long, default_value = "https://api.accounting.sage.com/v3.1")]
    pub(crate) api_url: String,
    #[arg(long, default_value = "https://oauth.accounting.sage.com/token")]
    pub(crate) token_url: String,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }
}
