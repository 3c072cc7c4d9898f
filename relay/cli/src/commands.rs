//! Carries a command out.

use std::io::IsTerminal;
use std::path::Path;

use ledger_relay::config::Config;
use ledger_relay::desk::{
    BackupSummary, Desk, DeskError, NewBinding, PairingWish, RunQuery, Whom, Wish, verify_backup,
    whoami,
};
use serde_json::json;

use crate::args::{self, Cli, Command};
use crate::render::Answer;

/// What kind of place this is; `development` lets tokens be shown to programs.
const ENVIRONMENT: &str = "LEDGER_RELAY_ENVIRONMENT";

/// Exit status of a look that found something wrong.
const DIFFERS: u8 = 3;

type Outcome = Result<(Answer, u8), DeskError>;

pub(crate) async fn run(cli: Cli) -> Outcome {
    let config = Config::load(cli.config.as_deref(), std::env::vars())?;
    let actor = cli.actor.unwrap_or_else(whoami);
    if let Command::BackupVerify { file } = &cli.command {
        return Ok(judged(verify_backup(&config, file).await?));
    }
    let desk = Desk::open(&config, &actor).await?;
    let outcome = carry_out(&desk, cli.command).await;
    desk.close().await;
    outcome
}

fn judged(copy: BackupSummary) -> (Answer, u8) {
    let status = if copy.problems.is_empty() { 0 } else { DIFFERS };
    (Answer::of(copy), status)
}

fn wanted(new: &args::NewBinding) -> NewBinding {
    let base = new
        .sage_base_url
        .as_deref()
        .map(|base| base.trim_end_matches('/'));
    NewBinding {
        id: new.binding.clone(),
        api_key_file: new.api_key_file.clone(),
        api_url: base.map_or_else(|| new.api_url.clone(), |base| format!("{base}/v3.1")),
        token_url: base.map_or_else(|| new.token_url.clone(), |base| format!("{base}/token")),
        business: new.business.clone(),
        refresh_token_file: new.refresh_token_file.clone(),
    }
}

async fn carry_out(desk: &Desk, command: Command) -> Outcome {
    let answer = match command {
        Command::BindingList => Answer::of(desk.bindings().await?),
        Command::BindingShow { binding } => Answer::of(desk.binding(&binding).await?),
        Command::BindingAdd(new) => Answer::of(desk.add_binding(&wanted(&new)).await?),
        Command::BindingReconnect {
            binding,
            refresh_token_file,
        } => Answer::of(desk.reconnect(&binding, &refresh_token_file).await?),
        Command::BindingDisconnect { binding } => Answer::of(desk.disconnect(&binding).await?),
        Command::BindingPair {
            binding,
            shop,
            code_file,
            relay_url,
            grace_hours,
        } => {
            let wish = PairingWish {
                shop,
                code: read(&code_file)?.trim().to_owned().into(),
                relay_url,
                grace_hours,
            };
            Answer::of(desk.pair(&binding, &wish).await?)
        }
        Command::BindingKey {
            binding,
            api_key_file,
            grace_hours,
        } => Answer::of(
            desk.change_key(&binding, &api_key_file, grace_hours)
                .await?,
        ),
        Command::BindingTier { binding, tier } => {
            Answer::of(desk.set_tier(&binding, tier.as_deref()).await?)
        }
        Command::BindingPush {
            binding,
            url,
            off: _,
        } => Answer::of(desk.set_push(&binding, url.as_deref()).await?),
        Command::OauthStatus {
            binding,
            reveal_token,
        } => {
            if reveal_token {
                somebody_looks()?;
            }
            Answer::of(desk.oauth_status(&binding, reveal_token).await?)
        }
        Command::RunsList {
            binding,
            state,
            key,
            limit,
        } => Answer::of(
            desk.runs(&RunQuery {
                binding,
                state,
                key,
                limit,
            })
            .await?,
        ),
        Command::RunsShow { run } => Answer::of(desk.run(&run).await?),
        Command::RunsRetry { run, absent } => {
            let wish = if absent {
                Wish::RetryAbsent
            } else {
                Wish::Retry
            };
            Answer::of(desk.direct(&run, wish).await?)
        }
        Command::RunsHold { run } => Answer::of(desk.direct(&run, Wish::Hold).await?),
        Command::RunsRelease { run } => Answer::of(desk.direct(&run, Wish::Release).await?),
        Command::RunsSetAside { run } => Answer::of(desk.set_aside(&run).await?),
        Command::RecoveryList { binding } => Answer::of(desk.recoveries(&binding).await?),
        Command::XrefShow {
            binding,
            key,
            limit,
        } => Answer::of(desk.xrefs(&binding, &key, limit).await?),
        Command::XrefSet {
            binding,
            key,
            resource,
            sage_id,
        } => Answer::of(desk.set_xref(&binding, &key, &resource, &sage_id).await?),
        Command::RefsRefresh { binding } => Answer::of(desk.refresh(&binding).await?),
        Command::RefsShow { binding } => Answer::of(desk.references(&binding).await?),
        Command::SettingsShow { binding, version } => {
            Answer::Raw(desk.settings(&binding, version).await?)
        }
        Command::SettingsVersions { binding } => {
            Answer::of(desk.settings_versions(&binding).await?)
        }
        Command::SettingsValidate { binding, file } => {
            desk.validate_settings(&binding, &read(&file)?).await?;
            Answer::of(json!({ "problems": [] }))
        }
        Command::SettingsSet { binding, file } => {
            Answer::of(desk.set_settings(&binding, &read(&file)?).await?)
        }
        Command::SyncStateBackfill {
            binding,
            entity_type,
        } => {
            let states = desk.backfill(&binding, entity_type.as_deref()).await?;
            Answer::of(json!({ "states": states }))
        }
        Command::AuditSweep {
            binding,
            since,
            strangers,
        } => {
            return sweep(desk, &binding, since.as_deref(), strangers).await;
        }
        Command::Backup { file } => return Ok(judged(desk.backup(&file).await?)),
        Command::BackupVerify { file } => {
            return Ok(judged(desk.verify_backup(&file).await?));
        }
        Command::KeysReseal => Answer::of(json!({ "resealed": desk.reseal().await? })),
        Command::AuditLog { limit } => Answer::of(desk.audit(limit).await?),
        Command::SageProbe {
            binding,
            evidence,
            this_is_a_trial,
            provoke_429,
        } => {
            trial(this_is_a_trial)?;
            probe(desk, &binding, &evidence, provoke_429).await?
        }
        Command::Erase { binding, whom } => {
            Answer::of(desk.erase(&binding, &customer(&whom)?).await?)
        }
    };
    Ok((answer, 0))
}

/// A token is for the eyes of one person: not for a file, a log or the next program.
fn somebody_looks() -> Result<(), DeskError> {
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let development = std::env::var(ENVIRONMENT).is_ok_and(|name| name == "development");
    if terminal || development {
        return Ok(());
    }
    Err(DeskError::Argument(format!(
        "tokens are shown on an interactive terminal only, or where {ENVIRONMENT}=development"
    )))
}

async fn sweep(desk: &Desk, binding: &str, since: Option<&str>, strangers: bool) -> Outcome {
    let report = desk.sweep(binding, since, strangers).await?;
    let wrong = report
        .differences
        .iter()
        .any(|one| one.kind != "not_known_here");
    let status = if wrong { DIFFERS } else { 0 };
    Ok((Answer::of(report), status))
}

fn trial(said: bool) -> Result<(), DeskError> {
    if said {
        return Ok(());
    }
    let detail = "the probe makes and voids records: say --this-is-a-trial when the business is one in which that is welcome";
    Err(DeskError::Argument(detail.to_owned()))
}

async fn probe(desk: &Desk, binding: &str, file: &Path, flood: u32) -> Result<Answer, DeskError> {
    let evidence = desk.probe(binding, flood).await?;
    let text = serde_json::to_string_pretty(&evidence).unwrap_or_default();
    std::fs::write(file, text)
        .map_err(|error| DeskError::Argument(format!("{}: {error}", file.display())))?;
    let answers = evidence
        .findings
        .iter()
        .map(|finding| json!({ "question": finding.question, "answer": finding.answer }));
    Ok(Answer::of(json!({
        "answers": answers.collect::<Vec<_>>(),
        "calls": evidence.calls,
        "leftovers": evidence.leftovers,
    })))
}

fn customer(whom: &args::Whom) -> Result<Whom, DeskError> {
    match (whom.customer, &whom.email_file) {
        (Some(number), _) => Ok(Whom::Customer(number)),
        (None, Some(file)) => Ok(Whom::Email(read(file)?.trim().to_owned())),
        (None, None) => Err(DeskError::Argument("nobody is named".to_owned())),
    }
}

fn read(file: &Path) -> Result<String, DeskError> {
    std::fs::read_to_string(file)
        .map_err(|error| DeskError::Argument(format!("{}: {error}", file.display())))
}
