import type { LookUpName } from '../../core/lookup.js';
import type { LookUpAnswerer } from './answerer.js';
import { caseByCode } from './caseByCode.js';
import { earlierRequest } from './earlierRequest.js';
import { closedCases } from './closedCases.js';
import { complaintReceiver } from './complaintReceiver.js';
import { findListings } from './findListings.js';
import { findVillage } from './findVillage.js';
import { healthDates } from './healthDates.js';
import { introductionWay } from './introductionWay.js';
import { inviteByToken } from './inviteByToken.js';
import { knownIdentity } from './knownIdentity.js';
import { listingByCode } from './listingByCode.js';
import { myAddresses } from './myAddresses.js';
import { myCases } from './myCases.js';
import { myData } from './myData.js';
import { myLetter } from './myLetter.js';
import { myListings } from './myListings.js';
import { myProfiles } from './myProfiles.js';
import { officerDeputies } from './officerDeputies.js';
import { officerWaiting } from './officerWaiting.js';
import { meantCase } from './meantCase.js';
import { myPace } from './myPace.js';
import { officerBoard } from './officerBoard.js';
import { officerChats } from './officerChats.js';
import { officialLines } from './officialLines.js';
import { officerCase } from './officerCase.js';
import { officerCases } from './officerCases.js';
import { recap } from './recap.js';
import { registerState } from './registerState.js';

/** One answerer for each look-up; a forgotten one does not build. The order is that in which they are answered. */
export const lookUps = {
  find_village: findVillage,
  case_by_code: caseByCode,
  my_cases: myCases,
  closed_cases: closedCases,
  my_letter: myLetter,
  earlier_request: earlierRequest,
  find_listings: findListings,
  listing_by_code: listingByCode,
  my_listings: myListings,
  my_addresses: myAddresses,
  my_profiles: myProfiles,
  officer_cases: officerCases,
  officer_case: officerCase,
  officer_board: officerBoard,
  officer_chats: officerChats,
  my_pace: myPace,
  meant_case: meantCase,
  officer_deputies: officerDeputies,
  officer_waiting: officerWaiting,
  recap,
  register_state: registerState,
  introduction_way: introductionWay,
  health_dates: healthDates,
  known_identity: knownIdentity,
  complaint_receiver: complaintReceiver,
  official_lines: officialLines,
  my_data: myData,
  invite_by_token: inviteByToken,
} satisfies { [K in LookUpName]: LookUpAnswerer<K> };
