import type { CaseDetail } from '../../store/web/cases.js';
import type { PeopleOfCase } from '../../store/web/people.js';
import { wordOf } from './parts.js';
import { Person } from './register.js';
import type { View } from './view.js';

interface PeopleProps {
  view: View;
  found: CaseDetail;
  people: PeopleOfCase;
  mayMatch: boolean;
  /** Whether this officer may see whole numbers, and whether they are shown now. */
  mayOpen: boolean;
  isOpened?: boolean;
}

/** For whom a request is, what the RT head said, and who they are in the register. Nothing where none of it is known. */
export function People(props: PeopleProps) {
  const { view, people } = props;
  const { beneficiary, introduction, match, known } = people;
  if (!beneficiary && !introduction && !match && !known) return null;
  return (
    <section class="card" id="orang">
      <h2>{view.t('people.title')}</h2>
      {beneficiary && <Beneficiary view={view} beneficiary={beneficiary} />}
      {introduction && <Introduction view={view} introduction={introduction} />}
      {match && <Match {...props} match={match} />}
      {known && (
        <>
          <h3>{view.t('people.register')}</h3>
          <p>{view.t('people.known')}</p>
          <Person view={view} person={known} />
          <OpenNumbers {...props} />
        </>
      )}
    </section>
  );
}

function Beneficiary({
  view,
  beneficiary,
}: {
  view: View;
  beneficiary: NonNullable<PeopleOfCase['beneficiary']>;
}) {
  const { name, relation, isAsked, answer } = beneficiary;
  const how = answer ?? (isAsked ? 'asked' : 'counter');
  return (
    <p>
      <strong>
        {view.t('people.for', { name, relation: wordOf(view, `people.relation.${relation}`, relation) })}
      </strong>
      <br />
      <span class={how === 'refused' ? 'notice bad' : ''}>{view.t(`people.helped.${how}`)}</span>
    </p>
  );
}

function Introduction({
  view,
  introduction,
}: {
  view: View;
  introduction: NonNullable<PeopleOfCase['introduction']>;
}) {
  const { way, rt, rw, officer, answer } = introduction;
  const how = way === 'photo' ? 'photo' : (answer ?? 'asked');
  return (
    <>
      <h3>{view.t('people.introduction')}</h3>
      <p class={how === 'not_mine' ? 'notice bad' : ''}>
        {view.t(`people.intro.${how}`, { rt: rt ?? '', rw: rw ?? '', name: officer ?? '' })}
      </p>
    </>
  );
}

function OpenNumbers(props: Pick<PeopleProps, 'view' | 'found' | 'mayOpen' | 'isOpened'>) {
  const { view, found } = props;
  if (!props.mayOpen || props.isOpened) return null;
  return (
    <form method="post" action={`/console/kasus/${found.code}/penduduk/buka`}>
      <button type="submit" class="quiet" aria-describedby="numbers-hint">
        {view.t('people.open')}
      </button>
      <p class="hint" id="numbers-hint">
        {view.t('people.open_hint')}
      </p>
    </form>
  );
}

function Match(props: PeopleProps & { match: NonNullable<PeopleOfCase['match']> }) {
  const { view, found, match, mayMatch, mayOpen, isOpened = false } = props;
  const { said, outcome, candidates, person, decidedBy } = match;
  const action = `/console/kasus/${found.code}/penduduk`;
  const isOpen = decidedBy === null && mayMatch;
  return (
    <>
      <h3>{view.t('people.register')}</h3>
      <p class="quiet-text">{view.t('people.said')}</p>
      <dl class="answers">
        <div>
          <dt>{view.t('people.said_name')}</dt>
          <dd>{said.name}</dd>
        </div>
        <div>
          <dt>{view.t('people.said_birth')}</dt>
          <dd>{said.birthDate ? view.format.day(new Date(`${said.birthDate}T12:00:00Z`), 'UTC') : '–'}</dd>
        </div>
        <div>
          <dt>{view.t('people.said_address')}</dt>
          <dd>{said.address}</dd>
        </div>
      </dl>
      {decidedBy !== null ? (
        <>
          <p>
            <strong>{view.t(person ? 'people.decided' : 'people.decided_none', { name: decidedBy })}</strong>
          </p>
          {person && <Person view={view} person={person} />}
          {person && <OpenNumbers view={view} found={found} mayOpen={mayOpen} isOpened={isOpened} />}
        </>
      ) : (
        <p>
          <strong>{view.t(`people.match.${outcome}`)}</strong>
        </p>
      )}
      {decidedBy === null && (
        <ul class="rows">
          {candidates.map((candidate) => (
            <li>
              <Person view={view} person={candidate} />
              {isOpen && (
                <form method="post" action={action}>
                  <input type="hidden" name="orang" value={candidate.id} />
                  <button type="submit" aria-label={`${view.t('people.confirm')}: ${candidate.name}`}>
                    {view.t('people.confirm')}
                  </button>
                </form>
              )}
            </li>
          ))}
        </ul>
      )}
      {isOpen && candidates.length > 0 && (
        <form method="post" action={action}>
          <button type="submit" class="quiet">
            {view.t('people.reject')}
          </button>
        </form>
      )}
    </>
  );
}
