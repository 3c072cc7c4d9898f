//! Carries a command out.

use std::io::{IsTerminal, Write as _};
use std::path::Path;

use ledger_relay::config::Config;
use ledger_relay::operations::{
    BackupSummary, ErasureSubject, LoopbackChoice, NewBinding, NewPerson, OperationError,
    Operations, PairingRequest, RunCommand, RunQuery, new_person, verify_backup, whoami,
};
use serde_json::json;

use crate::args::{self, Cli, Command};
use crate::render::Answer;

/// What kind of place this is; `development` lets tokens be shown to programs.
const ENVIRONMENT: &str = "LEDGER_RELAY_ENVIRONMENT";

/// Exit status of a look that found something wrong.
const DIFFERS: u8 = 3;

type Outcome = Result<(Answer, u8), OperationError>;

pub(crate) async fn run(cli: Cli) -> Outcome {
    let config = Config::load(cli.config.as_deref(), std::env::vars())?;
    let actor = cli.actor.unwrap_or_else(whoami);
    if let Command::BackupVerify { file } = &cli.command {
        return Ok(judged(verify_backup(&config, file).await?));
    }
    let operations = Operations::open(&config, &actor).await?;
    let outcome = carry_out(&operations, cli.command).await;
    operations.close().await;
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

async fn carry_out(operations: &Operations, command: Command) -> Outcome {
    let answer = match command {
        Command::BindingList => Answer::of(operations.bindings().await?),
        Command::BindingShow { binding } => Answer::of(operations.binding(&binding).await?),
        Command::BindingAdd(new) => Answer::of(operations.add_binding(&wanted(&new)).await?),
        Command::BindingReconnect {
            binding,
            refresh_token_file,
        } => Answer::of(operations.reconnect(&binding, &refresh_token_file).await?),
        Command::BindingDisconnect { binding } => {
            Answer::of(operations.disconnect(&binding).await?)
        }
        Command::BindingPair {
            binding,
            shop,
            code_file,
            relay_url,
            grace_hours,
        } => {
            let request = PairingRequest {
                shop,
                code: read(&code_file)?.trim().to_owned().into(),
                relay_url,
                grace_hours,
            };
            Answer::of(operations.pair(&binding, &request).await?)
        }
        Command::BindingKey {
            binding,
            api_key_file,
            grace_hours,
        } => Answer::of(
            operations
                .change_key(&binding, &api_key_file, grace_hours)
                .await?,
        ),
        Command::BindingTier { binding, tier } => {
            Answer::of(operations.set_tier(&binding, tier.as_deref()).await?)
        }
        Command::BindingLive { binding, off } => {
            Answer::of(operations.set_live(&binding, !off).await?)
        }
        Command::BindingPush {
            binding,
            url,
            off: _,
        } => Answer::of(operations.set_push(&binding, url.as_deref()).await?),
        Command::OauthConnect {
            binding,
            business,
            port,
        } => {
            let consent = operations.begin_loopback_consent(port).await?;
            let asked = format!(
                "Open this in a browser of this machine, and allow:\n{}",
                consent.url
            );
            // A reader that went away is no failure of the command.
            let _ = writeln!(std::io::stderr().lock(), "{asked}");
            let choice = LoopbackChoice { binding, business };
            Answer::of(operations.finish_loopback_consent(consent, &choice).await?)
        }
        Command::OauthStatus {
            binding,
            reveal_token,
        } => {
            if reveal_token {
                somebody_looks()?;
            }
            Answer::of(operations.oauth_status(&binding, reveal_token).await?)
        }
        Command::RunsList {
            binding,
            state,
            key,
            limit,
        } => Answer::of(
            operations
                .runs(&RunQuery {
                    binding,
                    state,
                    key,
                    limit,
                })
                .await?,
        ),
        Command::RunsShow { run } => Answer::of(operations.run(&run).await?),
        Command::RunsRetry { run, absent } => {
            let command = if absent {
                RunCommand::RetryAbsent
            } else {
                RunCommand::Retry
            };
            Answer::of(operations.direct(&run, command).await?)
        }
        Command::RunsHold { run } => Answer::of(operations.direct(&run, RunCommand::Hold).await?),
        Command::RunsRelease { run } => {
            Answer::of(operations.direct(&run, RunCommand::Release).await?)
        }
        Command::RunsSetAside { run } => Answer::of(operations.set_aside(&run).await?),
        Command::RecoveryList { binding } => Answer::of(operations.recoveries(&binding).await?),
        Command::XrefShow {
            binding,
            key,
            limit,
        } => Answer::of(operations.xrefs(&binding, &key, limit).await?),
        Command::XrefSet {
            binding,
            key,
            resource,
            sage_id,
        } => Answer::of(
            operations
                .set_xref(&binding, &key, &resource, &sage_id)
                .await?,
        ),
        Command::SettingsPropose { binding } => {
            Answer::of(operations.propose_settings(&binding).await?)
        }
        Command::ShopProfile { binding } => Answer::of(operations.shop_profile(&binding).await?),
        Command::ShopDryRun { binding } => Answer::of(operations.dry_run(&binding).await?),
        Command::RefsRefresh { binding } => Answer::of(operations.refresh(&binding).await?),
        Command::RefsShow { binding } => Answer::of(operations.references(&binding).await?),
        Command::SettingsShow { binding, version } => {
            Answer::Raw(operations.settings(&binding, version).await?)
        }
        Command::SettingsVersions { binding } => {
            Answer::of(operations.settings_versions(&binding).await?)
        }
        Command::SettingsValidate { binding, file } => {
            operations
                .validate_settings(&binding, &read(&file)?)
                .await?;
            Answer::of(json!({ "problems": [] }))
        }
        Command::SettingsSet { binding, file } => {
            Answer::of(operations.set_settings(&binding, &read(&file)?).await?)
        }
        Command::SyncStateBackfill {
            binding,
            entity_type,
        } => {
            let states = operations
                .backfill(&binding, entity_type.as_deref())
                .await?;
            Answer::of(json!({ "states": states }))
        }
        Command::AuditSweep {
            binding,
            since,
            strangers,
        } => {
            return sweep(operations, &binding, since.as_deref(), strangers).await;
        }
        Command::Backup { file } => return Ok(judged(operations.backup(&file).await?)),
        Command::BackupVerify { file } => {
            return Ok(judged(operations.verify_backup(&file).await?));
        }
        Command::KeysReseal => Answer::of(json!({ "resealed": operations.reseal().await? })),
        Command::UserList => Answer::of(operations.accounts().await?),
        Command::UserAdd(new) => Answer::of(operations.add_person(&person(&new)?).await?),
        Command::UserReset { user } => Answer::of(operations.reset_person(&user).await?),
        Command::UserDisable { user } => {
            Answer::of(operations.set_person_disabled(&user, true).await?)
        }
        Command::UserEnable { user } => {
            Answer::of(operations.set_person_disabled(&user, false).await?)
        }
        Command::AuditLog { limit } => Answer::of(operations.audit(limit).await?),
        Command::SageProbe {
            binding,
            evidence,
            this_is_a_trial,
            provoke_429,
        } => {
            trial(this_is_a_trial)?;
            probe(operations, &binding, &evidence, provoke_429).await?
        }
        Command::Erase { binding, subject } => {
            Answer::of(operations.erase(&binding, &customer(&subject)?).await?)
        }
    };
    Ok((answer, 0))
}

fn person(new: &args::NewUser) -> Result<NewPerson, OperationError> {
    new_person(&new.name, &new.email, &new.role, &new.binding)
}

/// A token is for the eyes of one person: not for a file, a log or the next program.
fn somebody_looks() -> Result<(), OperationError> {
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let development = std::env::var(ENVIRONMENT).is_ok_and(|name| name == "development");
    if terminal || development {
        return Ok(());
    }
    Err(OperationError::Argument(format!(
        "tokens are shown on an interactive terminal only, or where {ENVIRONMENT}=development"
    )))
}

async fn sweep(
    operations: &Operations,
    binding: &str,
    since: Option<&str>,
    strangers: bool,
) -> Outcome {
    let report = operations.sweep(binding, since, strangers).await?;
    let wrong = report
        .differences
        .iter()
        .any(|one| one.kind != "not_known_here");
    let status = if wrong { DIFFERS } else { 0 };
    Ok((Answer::of(report), status))
}

fn trial(said: bool) -> Result<(), OperationError> {
    if said {
        return Ok(());
    }
    let detail = "the probe makes and voids records: say --this-is-a-trial when the business is one in which that is welcome";
    Err(OperationError::Argument(detail.to_owned()))
}

async fn probe(
    operations: &Operations,
    binding: &str,
    file: &Path,
    flood: u32,
) -> Result<Answer, OperationError> {
    let evidence = operations.probe(binding, flood).await?;
    let text = serde_json::to_string_pretty(&evidence).unwrap_or_default();
    std::fs::write(file, text)
        .map_err(|error| OperationError::Argument(format!("{}: {error}", file.display())))?;
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

fn customer(subject: &args::ErasureSubject) -> Result<ErasureSubject, OperationError> {
    match (subject.customer, &subject.email_file) {
        (Some(number), _) => Ok(ErasureSubject::Customer(number)),
        (None, Some(file)) => Ok(ErasureSubject::Email(read(file)?.trim().to_owned())),
        (None, None) => Err(OperationError::Argument("nobody is named".to_owned())),
    }
}

fn read(file: &Path) -> Result<String, OperationError> {
    std::fs::read_to_string(file)
        .map_err(|error| OperationError::Argument(format!("{}: {error}", file.display())))
}
