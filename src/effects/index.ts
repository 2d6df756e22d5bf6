import type { EffectKind } from '../core/effect.js';
import { acceptInvite } from './acceptInvite.js';
import { actOnCase } from './actOnCase.js';
import { actOnCases } from './actOnCases.js';
import { addProfile } from './addProfile.js';
import { answerBeneficiary } from './answerBeneficiary.js';
import { answerIntroduction } from './answerIntroduction.js';
import { answerResident } from './answerResident.js';
import { cancelTimer } from './cancelTimer.js';
import { changeListing } from './changeListing.js';
import { chooseProfile } from './chooseProfile.js';
import { confirmAccount } from './confirmAccount.js';
import { confirmHistory } from './confirmHistory.js';
import { confirmInvite } from './confirmInvite.js';
import { confirmLink } from './confirmLink.js';
import { decideMatch } from './decideMatch.js';
import { delegate } from './delegate.js';
import { endDelegation } from './endDelegation.js';
import { openWalkIn } from './openWalkIn.js';
import { endCall } from './endCall.js';
import { endHandOver } from './endHandOver.js';
import { finishForm } from './finishForm.js';
import { handBack } from './handBack.js';
import { handOver } from './handOver.js';
import { issueLettersApplier, replaceLetter, withdrawLetter } from './letterActs.js';
import { endGroup, linkGroup } from './linkGroup.js';
import { makeLinkCode } from './makeLinkCode.js';
import { messageResident } from './messageResident.js';
import { matchRegister } from './matchRegister.js';
import { noteIntroduction } from './noteIntroduction.js';
import { openCase } from './openCase.js';
import { openForm } from './openForm.js';
import { openPasswordLink } from './openPasswordLink.js';
import { openSignPage } from './openSignPage.js';
import { publishListing } from './publishListing.js';
import { raiseIncident } from './raiseIncident.js';
import { rateCase } from './rateCase.js';
import { recordConsent } from './recordConsent.js';
import { rememberName } from './rememberName.js';
import { removeProfile } from './removeProfile.js';
import { renameProfile } from './renameProfile.js';
import { reportListing } from './reportListing.js';
import { requestCall } from './requestCall.js';
import { sendHistoryCode } from './sendHistoryCode.js';
import { sendMessage } from './sendMessage.js';
import { setLanguage } from './setLanguage.js';
import { setPace } from './setPace.js';
import { setTimer } from './setTimer.js';
import { setVillage } from './setVillage.js';
import { signCases } from './signCases.js';
import { startAfresh } from './startAfresh.js';
import { unlink } from './unlink.js';
import { unlinkOfficerChat } from './unlinkOfficerChat.js';
import { useForm } from './useForm.js';
import { useLinkCode } from './useLinkCode.js';
import type { Applier } from './applier.js';

/**
 * One applier for each kind of effect; a forgotten kind does not build. The order is the order in which kinds are
 * applied: the same in every batch, so that two batches lock tables alike, and a timer is stopped before it is set anew.
 */
export const appliers = {
  set_language: setLanguage,
  set_village: setVillage,
  remember_name: rememberName,
  record_consent: recordConsent,
  add_profile: addProfile,
  choose_profile: chooseProfile,
  rename_profile: renameProfile,
  remove_profile: removeProfile,
  make_link_code: makeLinkCode,
  use_link_code: useLinkCode,
  confirm_link: confirmLink,
  unlink,
  start_afresh: startAfresh,
  confirm_history: confirmHistory,
  send_history_code: sendHistoryCode,
  match_register: matchRegister,
  note_introduction: noteIntroduction,
  open_form: openForm,
  use_form: useForm,
  finish_form: finishForm,
  open_case: openCase,
  act_on_case: actOnCase,
  open_walk_in: openWalkIn,
  delegate,
  end_delegation: endDelegation,
  act_on_cases: actOnCases,
  hand_back: handBack,
  sign_cases: signCases,
  open_sign_page: openSignPage,
  open_password_link: openPasswordLink,
  issue_letters: issueLettersApplier,
  withdraw_letter: withdrawLetter,
  replace_letter: replaceLetter,
  decide_match: decideMatch,
  answer_introduction: answerIntroduction,
  answer_beneficiary: answerBeneficiary,
  rate_case: rateCase,
  publish_listing: publishListing,
  change_listing: changeListing,
  report_listing: reportListing,
  request_call: requestCall,
  accept_invite: acceptInvite,
  confirm_invite: confirmInvite,
  set_pace: setPace,
  unlink_officer_chat: unlinkOfficerChat,
  confirm_account: confirmAccount,
  link_group: linkGroup,
  end_group: endGroup,
  answer_resident: answerResident,
  message_resident: messageResident,
  end_hand_over: endHandOver,
  end_call: endCall,
  hand_over: handOver,
  cancel_timer: cancelTimer,
  set_timer: setTimer,
  raise_incident: raiseIncident,
  send_message: sendMessage,
} satisfies { [K in EffectKind]: Applier<K> };
